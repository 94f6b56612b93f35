import { hash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  type GetNewestGroupMessageRequest,
  type GetNewestGroupMessageResponse,
  GetNewestGroupMessageResponseSchema,
  type GroupMessage,
  type GroupMessageInput,
  type QueryGroupMessagesRequest,
  type QueryGroupMessagesResponse,
  QueryGroupMessagesResponseSchema,
  type SendGroupMessagesRequest,
  type SubscribeGroupMessagesRequest,
} from "@history-sync/proto/mls-api";
import {
  checkBytes,
  checkCount,
  checkGroupId,
  invalidRequest,
} from "./checks.js";
import { groupMessageBody, groupMessageOf } from "./entry-codec.js";
import { cursorsOf } from "./filters.js";
import { readMlsMessage } from "./mls-message.js";
import type { NodeContext } from "./node-context.js";
import { pagingOf, rangeOf } from "./paging.js";
import {
  type NewEntry,
  type TopicName,
  topicName,
} from "./storage/node-storage.js";
import { storeEntries } from "./store-entries.js";

const maxHmacBytes = 64;

/** Stores all of them, or none if one is refused. */
export async function sendGroupMessages(
  { messages }: SendGroupMessagesRequest,
  node: NodeContext,
): Promise<void> {
  checkCount("messages", messages, node.limits.maxEntriesPerRequest);
  const entries = messages.map((message) =>
    groupEntry(message, node.limits.maxMessageBytes),
  );
  await storeEntries("group", entries, node);
}

export async function queryGroupMessages(
  { groupId, pagingInfo }: QueryGroupMessagesRequest,
  { storage, limits }: NodeContext,
): Promise<QueryGroupMessagesResponse> {
  checkGroupId(groupId);
  const range = rangeOf(pagingInfo, limits.maxPageBytes);
  const page = await storage.read(topicName("group", groupId), range);
  return create(QueryGroupMessagesResponseSchema, {
    messages: page.entries.map(groupMessageOf),
    pagingInfo: pagingOf(range, page),
  });
}

export async function getNewestGroupMessage(
  { groupIds, includeContent }: GetNewestGroupMessageRequest,
  { storage, limits }: NodeContext,
): Promise<GetNewestGroupMessageResponse> {
  checkCount("groups", groupIds, limits.maxEntriesPerRequest);
  for (const groupId of groupIds) checkGroupId(groupId);
  const newest = await storage.newest(
    groupIds.map((groupId) => topicName("group", groupId)),
  );
  return create(GetNewestGroupMessageResponseSchema, {
    responses: newest.map((entry) => {
      if (!entry) return {};
      const message = groupMessageOf(entry);
      return {
        groupMessage: includeContent ? message : withoutContent(message),
      };
    }),
  });
}

export function groupCursors(
  { filters }: SubscribeGroupMessagesRequest,
  { limits }: NodeContext,
): ReadonlyMap<TopicName, bigint> {
  const places = filters.map(({ groupId, idCursor }) => {
    checkGroupId(groupId);
    return { key: groupId, idCursor };
  });
  return cursorsOf("group", places, limits.maxFilters);
}

function groupEntry(
  { version }: GroupMessageInput,
  maxBytes: number,
): NewEntry {
  if (version.case !== "v1") throw invalidRequest("expected a message of V1");
  const { data, senderHmac, shouldPush } = version.value;
  checkBytes("message", data, maxBytes);
  checkCount("bytes of sender HMAC", senderHmac, maxHmacBytes);
  const { groupId, isCommit } = readMlsMessage(data);
  return {
    topic: topicName("group", groupId),
    body: groupMessageBody({ groupId, data, senderHmac, shouldPush, isCommit }),
    digest: hash("sha256", data, "buffer"),
  };
}

function withoutContent(message: GroupMessage): GroupMessage {
  if (message.version.case === "v1") {
    message.version.value.data = new Uint8Array();
    message.version.value.senderHmac = new Uint8Array();
  }
  return message;
}
