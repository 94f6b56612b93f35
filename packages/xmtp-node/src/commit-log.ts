import { hash } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type BatchPublishCommitLogRequest,
  type BatchQueryCommitLogRequest,
  type BatchQueryCommitLogResponse,
  BatchQueryCommitLogResponseSchema,
  CommitLogEntrySchema,
  SortDirection,
} from "@history-sync/proto/mls-api";
import {
  checkBytes,
  checkCount,
  checkGroupId,
  invalidRequest,
} from "./checks.js";
import { maxCommitLogPublishes, maxCommitLogQueries } from "./limits.js";
import type { NodeContext } from "./node-context.js";
import { pagingOf, rangeOf } from "./paging.js";
import { type Entry, topicName } from "./storage/node-storage.js";
import { storeEntries } from "./store-entries.js";

/** The records of a group's super admins on its commits; opaque, and verified by their readers. */
export async function publishCommitLog(
  { requests }: BatchPublishCommitLogRequest,
  node: NodeContext,
): Promise<void> {
  if (requests.length === 0)
    throw invalidRequest("expected an entry, got none");
  checkCount("entries", requests, maxCommitLogPublishes);
  const entries = requests.map((request) => {
    const { groupId, serializedCommitLogEntry, signature } = request;
    checkGroupId(groupId);
    checkBytes(
      "commit log entry",
      serializedCommitLogEntry,
      node.limits.maxMessageBytes,
    );
    if (!signature) throw invalidRequest("expected a signature, got none");
    const body = toBinary(
      CommitLogEntrySchema,
      create(CommitLogEntrySchema, { serializedCommitLogEntry, signature }),
    );
    const digest = hash("sha256", body, "buffer");
    return { topic: topicName("commit-log", groupId), body, digest };
  });
  await storeEntries("commit-log", entries, node);
}

export async function queryCommitLog(
  { requests }: BatchQueryCommitLogRequest,
  { storage, limits }: NodeContext,
): Promise<BatchQueryCommitLogResponse> {
  checkCount("queries", requests, maxCommitLogQueries);
  const maxBytes = Math.floor(limits.maxPageBytes / maxCommitLogQueries);
  const responses = requests.map(async ({ groupId, pagingInfo }) => {
    checkGroupId(groupId);
    if (pagingInfo?.direction === SortDirection.DESCENDING) {
      throw invalidRequest("expected an ascending query");
    }
    const range = {
      ...rangeOf(pagingInfo, maxBytes),
      direction: "ascending",
    } as const;
    const page = await storage.read(topicName("commit-log", groupId), range);
    return {
      groupId,
      commitLogEntries: page.entries.map(commitLogEntryOf),
      pagingInfo: pagingOf(range, page),
    };
  });
  return create(BatchQueryCommitLogResponseSchema, {
    responses: await Promise.all(responses),
  });
}

function commitLogEntryOf({ id: sequenceId, body }: Entry) {
  return Object.assign(fromBinary(CommitLogEntrySchema, body), { sequenceId });
}
