import { type Client, createClient, type Transport } from "@connectrpc/connect";
import type {
  Delivered,
  DeliveryOptions,
  DeliveryService,
  GroupMessageOptions,
  OutgoingWelcome,
  Page,
  Topic,
  TopicPosition,
} from "@history-sync/mls-group";
import {
  type GroupId,
  type InstallationId,
  idBytes,
} from "@history-sync/primitives";
import {
  MlsApi,
  type PagingInfo,
  SortDirection,
} from "@history-sync/proto/mls-api";
import { badAnswer, Calls, chunked, type NodeClientOptions } from "./calls.js";
import { deliveredMessage, deliveredWelcome } from "./delivered.js";
import { merge } from "./merge.js";
import { reconnecting } from "./reconnect.js";

/** The most entries in a page, as in XMTP. */
const pageEntries = 100;
/** The most key packages or Welcomes in one request, as in libxmtp. */
const perRequest = 50;
/** The most bytes of Welcomes in one request: libxmtp's 25 MiB without the fields around them. */
const welcomeBytesPerRequest = 24 * 1024 * 1024;

/** The `DeliveryService` of `mls-group` over the API of an XMTP node. */
export class NodeDeliveryService implements DeliveryService {
  readonly #api: Client<typeof MlsApi>;
  readonly #calls: Calls;

  constructor(transport: Transport, options: NodeClientOptions = {}) {
    this.#api = createClient(MlsApi, transport);
    this.#calls = new Calls(options);
  }

  /** The node knows the installation by the key in the package. */
  async uploadKeyPackage(
    _installationId: InstallationId,
    keyPackage: Uint8Array,
    { signal }: DeliveryOptions = {},
  ): Promise<void> {
    const request = {
      keyPackage: { keyPackageTlsSerialized: keyPackage },
      isInboxIdCredential: true,
    };
    await this.#calls.call(
      (options) => this.#api.uploadKeyPackage(request, options),
      signal,
    );
  }

  async fetchKeyPackages(
    installationIds: readonly InstallationId[],
    { signal }: DeliveryOptions = {},
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const found = new Map<InstallationId, Uint8Array | undefined>();
    // Each key once: nodes differ in how they answer a repeated one.
    for (const ids of chunked([...new Set(installationIds)], perRequest)) {
      const request = { installationKeys: ids.map(idBytes) };
      const { keyPackages } = await this.#calls.call(
        (options) => this.#api.fetchKeyPackages(request, options),
        signal,
      );
      if (keyPackages.length !== ids.length) {
        throw badAnswer(
          `expected ${ids.length} key packages, got ${keyPackages.length}`,
        );
      }
      ids.forEach((id, i) => {
        const bytes = keyPackages[i]?.keyPackageTlsSerialized;
        found.set(id, bytes?.length ? bytes : undefined);
      });
    }
    return installationIds.map((id) => found.get(id));
  }

  async sendGroupMessage(
    _groupId: GroupId,
    data: Uint8Array,
    { senderHmac, shouldPush = false, signal }: GroupMessageOptions = {},
  ): Promise<void> {
    const value = { data, shouldPush, ...(senderHmac && { senderHmac }) };
    const request = {
      messages: [{ version: { case: "v1", value } as const }],
    };
    await this.#calls.call(
      (options) => this.#api.sendGroupMessages(request, options),
      signal,
    );
  }

  async sendWelcomes(
    welcomes: readonly OutgoingWelcome[],
    { signal }: DeliveryOptions = {},
  ): Promise<void> {
    for (const some of chunked(welcomes, perRequest, {
      bytesOf: ({ data }) => data.length,
      maxBytes: welcomeBytesPerRequest,
    })) {
      const messages = some.map(
        ({
          installationId,
          data,
          hpkePublicKey,
          wrapperAlgorithm,
          metadata,
        }) => {
          const value = {
            installationKey: idBytes(installationId),
            data,
            hpkePublicKey,
            wrapperAlgorithm,
            welcomeMetadata: metadata,
          };
          return { version: { case: "v1", value } as const };
        },
      );
      await this.#calls.call(
        (options) => this.#api.sendWelcomeMessages({ messages }, options),
        signal,
      );
    }
  }

  async query(
    topic: Topic,
    afterId: bigint,
    { signal }: DeliveryOptions = {},
  ): Promise<Page> {
    let cursor = afterId;
    while (true) {
      const { entries, pagingInfo } = await this.#queryOnce(
        topic,
        cursor,
        signal,
      );
      const next = pagingInfo?.idCursor ?? 0n;
      // A page may have only pointers to Welcomes, and the caller resumes after the last entry of a page.
      if (entries.length > 0 || next === 0n) {
        return { entries, more: next > 0n };
      }
      if (next <= cursor) {
        throw badAnswer(`expected a cursor above ${cursor}, got ${next}`);
      }
      cursor = next;
    }
  }

  async *subscribe(
    positions: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncGenerator<Delivered, void, undefined> {
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, stop.signal]);
    const groups = positions.filter(({ topic }) => topic.kind === "group");
    const welcomes = positions.filter(({ topic }) => topic.kind === "welcomes");
    const streams = [
      ...(groups.length > 0
        ? [
            reconnecting(
              groups,
              (places) => this.#streamMessages(places, ended),
              this.#calls,
              ended,
            ),
          ]
        : []),
      ...(welcomes.length > 0
        ? [
            reconnecting(
              welcomes,
              (places) => this.#streamWelcomes(places, ended),
              this.#calls,
              ended,
            ),
          ]
        : []),
    ];
    yield* merge(streams, () => stop.abort());
  }

  async #queryOnce(
    topic: Topic,
    idCursor: bigint,
    signal: AbortSignal | undefined,
  ): Promise<{
    readonly entries: readonly Delivered[];
    readonly pagingInfo?: PagingInfo | undefined;
  }> {
    const pagingInfo = {
      direction: SortDirection.ASCENDING,
      limit: pageEntries,
      idCursor,
    };
    if (topic.kind === "group") {
      const request = { groupId: idBytes(topic.groupId), pagingInfo };
      const answer = await this.#calls.call(
        (options) => this.#api.queryGroupMessages(request, options),
        signal,
      );
      const entries = answer.messages.map(deliveredMessage);
      return { entries, pagingInfo: answer.pagingInfo };
    }
    const installationKey = idBytes(topic.installationId);
    const answer = await this.#calls.call(
      (options) =>
        this.#api.queryWelcomeMessages(
          { installationKey, pagingInfo },
          options,
        ),
      signal,
    );
    const entries = answer.messages.map(deliveredWelcome).filter(isPresent);
    return { entries, pagingInfo: answer.pagingInfo };
  }

  async *#streamMessages(
    places: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncGenerator<Delivered, void, undefined> {
    const filters = places.flatMap(({ topic, afterId: idCursor }) =>
      topic.kind === "group"
        ? [{ groupId: idBytes(topic.groupId), idCursor }]
        : [],
    );
    const stream = this.#api.subscribeGroupMessages({ filters }, { signal });
    for await (const message of stream) yield deliveredMessage(message);
  }

  async *#streamWelcomes(
    places: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncGenerator<Delivered | undefined, void, undefined> {
    const filters = places.flatMap(({ topic, afterId: idCursor }) =>
      topic.kind === "welcomes"
        ? [{ installationKey: idBytes(topic.installationId), idCursor }]
        : [],
    );
    const stream = this.#api.subscribeWelcomeMessages({ filters }, { signal });
    for await (const message of stream) yield deliveredWelcome(message);
  }
}

function isPresent<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
