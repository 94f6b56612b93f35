import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import type {
  CallOptions,
  Identifier,
  IdentityService,
  LogEntry,
} from "@history-sync/identity";
import { type InboxId, inboxId } from "@history-sync/primitives";
import {
  IdentifierKind,
  type IdentityUpdate,
  IdentityUpdateSchema,
} from "@history-sync/proto/identity";
import { IdentityApi } from "@history-sync/proto/identity-api";
import { badAnswer, Calls, chunked, type NodeClientOptions } from "./calls.js";
import { XmtpNodeClientError } from "./errors.js";

/** The most identifiers in one request. */
const perRequest = 50;

const kinds: Readonly<Record<Identifier["kind"], IdentifierKind>> = {
  ethereum: IdentifierKind.ETHEREUM,
  passkey: IdentifierKind.PASSKEY,
};

/** The `IdentityService` of `identity` over the API of an XMTP node. Only the form of the answers is checked. */
export class NodeIdentityService implements IdentityService {
  readonly #api: Client<typeof IdentityApi>;
  readonly #calls: Calls;

  constructor(transport: Transport, options: NodeClientOptions = {}) {
    this.#api = createClient(IdentityApi, transport);
    this.#calls = new Calls(options);
  }

  async updates(
    inbox: InboxId,
    afterSequenceId: bigint,
    { signal }: CallOptions = {},
  ): Promise<readonly LogEntry[]> {
    const requests = [{ inboxId: inbox, sequenceId: afterSequenceId }];
    const { responses } = await this.#calls.call(
      (options) => this.#api.getIdentityUpdates({ requests }, options),
      signal,
    );
    const [response] = responses;
    if (responses.length !== 1 || response?.inboxId !== inbox) {
      throw badAnswer(`expected one log, got ${responses.length}`);
    }
    return response.updates.map(({ sequenceId, serverTimestampNs, update }) => {
      if (!update) throw badAnswer("expected an update, got none");
      return {
        sequenceId,
        serverTimestampNs,
        update: toBinary(IdentityUpdateSchema, update),
      };
    });
  }

  async publish(
    update: Uint8Array,
    { signal }: CallOptions = {},
  ): Promise<void> {
    const identityUpdate = decodeUpdate(update);
    await this.#calls.call(
      (options) => this.#api.publishIdentityUpdate({ identityUpdate }, options),
      signal,
    );
  }

  async inboxIds(
    identifiers: readonly Identifier[],
    { signal }: CallOptions = {},
  ): Promise<readonly (InboxId | undefined)[]> {
    const found: (InboxId | undefined)[] = [];
    for (const some of chunked(identifiers, perRequest)) {
      const requests = some.map(({ identifier, kind }) => ({
        identifier,
        identifierKind: kinds[kind],
      }));
      const { responses } = await this.#calls.call(
        (options) => this.#api.getInboxIds({ requests }, options),
        signal,
      );
      if (responses.length !== some.length) {
        throw badAnswer(
          `expected ${some.length} answers, got ${responses.length}`,
        );
      }
      found.push(...responses.map(({ inboxId }) => readInboxId(inboxId)));
    }
    return found;
  }
}

function decodeUpdate(bytes: Uint8Array): IdentityUpdate {
  try {
    return fromBinary(IdentityUpdateSchema, bytes);
  } catch (cause) {
    throw new XmtpNodeClientError(
      "invalid-request",
      `expected an identity update, got ${bytes.length} other bytes`,
      { cause },
    );
  }
}

function readInboxId(text: string | undefined): InboxId | undefined {
  if (text === undefined) return undefined;
  try {
    return inboxId(text);
  } catch {
    throw badAnswer(`expected an inbox id, got ${text.length} characters`);
  }
}
