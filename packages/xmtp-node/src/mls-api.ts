import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { MlsApi } from "@history-sync/proto/mls-api";
import { sendHeaders } from "./call-values.js";
import { publishCommitLog, queryCommitLog } from "./commit-log.js";
import { groupMessageOf, welcomeOf } from "./entry-codec.js";
import {
  getNewestGroupMessage,
  groupCursors,
  queryGroupMessages,
  sendGroupMessages,
} from "./group-messages.js";
import { fetchKeyPackages, uploadKeyPackage } from "./key-packages.js";
import type { NodeContext } from "./node-context.js";
import type { Entry, TopicName } from "./storage/node-storage.js";
import {
  queryWelcomeMessages,
  sendWelcomeMessages,
  welcomeCursors,
} from "./welcome-messages.js";

/** XMTP's MlsApi over the node's storage. */
export function mlsApi(node: NodeContext): ServiceImpl<typeof MlsApi> {
  return {
    uploadKeyPackage: (request) => done(uploadKeyPackage(request, node)),
    fetchKeyPackages: (request) => fetchKeyPackages(request, node),
    sendGroupMessages: (request) => done(sendGroupMessages(request, node)),
    sendWelcomeMessages: (request) => done(sendWelcomeMessages(request, node)),
    queryGroupMessages: (request) => queryGroupMessages(request, node),
    queryWelcomeMessages: (request) => queryWelcomeMessages(request, node),
    getNewestGroupMessage: (request) => getNewestGroupMessage(request, node),
    subscribeGroupMessages: (request, call) =>
      stream(node, groupCursors(request, node), call, groupMessageOf),
    subscribeWelcomeMessages: (request, call) =>
      stream(node, welcomeCursors(request, node), call, welcomeOf),
    batchPublishCommitLog: (request) => done(publishCommitLog(request, node)),
    batchQueryCommitLog: (request) => queryCommitLog(request, node),
  };
}

async function done(work: Promise<void>): Promise<Record<string, never>> {
  await work;
  return {};
}

async function* stream<Message>(
  { subscriptions, metrics }: NodeContext,
  cursors: ReadonlyMap<TopicName, bigint>,
  call: HandlerContext,
  messageOf: (entry: Entry) => Message,
): AsyncGenerator<Message, void, undefined> {
  const ended = metrics.streamOpened();
  try {
    call.values.get(sendHeaders)(call.responseHeader);
    for await (const entry of subscriptions.open(cursors, call.signal)) {
      metrics.delivered();
      yield messageOf(entry);
    }
    // Aborted: with the node's reason when it closes, else by the reader, who doesn't listen any more.
    call.signal.throwIfAborted();
  } finally {
    ended();
  }
}
