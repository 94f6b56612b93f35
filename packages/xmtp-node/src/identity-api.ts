import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type {
  MemberIdentifier,
  SmartContractVerifier,
} from "@history-sync/identity";
import { type InboxId, inboxId } from "@history-sync/primitives";
import {
  IdentifierKind,
  IdentityUpdateSchema,
} from "@history-sync/proto/identity";
import {
  type GetIdentityUpdatesRequest,
  type GetIdentityUpdatesResponse,
  type GetIdentityUpdatesResponse_Response,
  GetIdentityUpdatesResponse_ResponseSchema,
  GetIdentityUpdatesResponseSchema,
  type GetInboxIdsRequest,
  type GetInboxIdsResponse,
  GetInboxIdsResponseSchema,
  type IdentityApi,
  type PublishIdentityUpdateRequest,
} from "@history-sync/proto/identity-api";
import { checkCount, checkCursor, invalidRequest } from "./checks.js";
import type { InboxLogs } from "./inbox-logs.js";
import type { NodeContext } from "./node-context.js";
import { verifySmartContractSignatures } from "./smart-contract-signatures.js";
import type { Entry } from "./storage/node-storage.js";

const maxIdentifierLength = 256;

/** XMTP's IdentityApi over the node's storage. */
export function identityApi(
  node: NodeContext,
  logs: InboxLogs,
  smartContracts: SmartContractVerifier | undefined,
): ServiceImpl<typeof IdentityApi> {
  return {
    publishIdentityUpdate: (request, call) =>
      publishIdentityUpdate(request, call, node, logs),
    getIdentityUpdates: (request) => getIdentityUpdates(request, node, logs),
    getInboxIds: (request, call) => getInboxIds(request, call, node, logs),
    verifySmartContractWalletSignatures: (request, { signal }) =>
      verifySmartContractSignatures(request, smartContracts, signal),
  };
}

async function publishIdentityUpdate(
  { identityUpdate }: PublishIdentityUpdateRequest,
  { signal }: HandlerContext,
  { metrics }: NodeContext,
  logs: InboxLogs,
): Promise<Record<string, never>> {
  if (!identityUpdate) throw invalidRequest("expected an update, got none");
  await logs.publish(toBinary(IdentityUpdateSchema, identityUpdate), signal);
  metrics.stored("inbox", false);
  return {};
}

async function getIdentityUpdates(
  { requests }: GetIdentityUpdatesRequest,
  { limits }: NodeContext,
  logs: InboxLogs,
): Promise<GetIdentityUpdatesResponse> {
  checkCount("inboxes", requests, limits.maxEntriesPerRequest);
  const responses: GetIdentityUpdatesResponse_Response[] = [];
  let bytes = 0;
  for (const { inboxId: text, sequenceId } of requests) {
    checkCursor(sequenceId);
    const entries = await logs.updates(inboxIn(text), sequenceId);
    bytes += entries.reduce((sum, { body }) => sum + body.length, 0);
    checkCount("bytes of updates", { length: bytes }, limits.maxPageBytes);
    const updates = entries.map(logEntry);
    responses.push(
      create(GetIdentityUpdatesResponse_ResponseSchema, {
        inboxId: text,
        updates,
      }),
    );
  }
  return create(GetIdentityUpdatesResponseSchema, { responses });
}

async function getInboxIds(
  { requests }: GetInboxIdsRequest,
  { signal }: HandlerContext,
  { limits }: NodeContext,
  logs: InboxLogs,
): Promise<GetInboxIdsResponse> {
  checkCount("identifiers", requests, limits.maxEntriesPerRequest);
  const responses = requests.map(async ({ identifier, identifierKind }) => {
    checkCount("characters of identifier", identifier, maxIdentifierLength);
    const member: MemberIdentifier = {
      kind: identifierKind === IdentifierKind.PASSKEY ? "passkey" : "ethereum",
      identifier,
    };
    const found = await logs.inboxOf(member, signal);
    return {
      identifier,
      identifierKind,
      ...(found !== undefined && { inboxId: found }),
    };
  });
  return create(GetInboxIdsResponseSchema, {
    responses: await Promise.all(responses),
  });
}

function logEntry({ id, createdAtNs, body }: Entry) {
  return {
    sequenceId: id,
    serverTimestampNs: createdAtNs,
    update: fromBinary(IdentityUpdateSchema, body),
  };
}

function inboxIn(text: string): InboxId {
  try {
    return inboxId(text);
  } catch {
    throw invalidRequest("expected an inbox id of 64 lower-case hex digits");
  }
}
