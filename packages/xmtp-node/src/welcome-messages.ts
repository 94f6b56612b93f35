import { hash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  type QueryWelcomeMessagesRequest,
  type QueryWelcomeMessagesResponse,
  QueryWelcomeMessagesResponseSchema,
  type SendWelcomeMessagesRequest,
  type SubscribeWelcomeMessagesRequest,
  type WelcomeMessage,
  type WelcomeMessageInput,
  WelcomeMessageSchema,
  WelcomeWrapperAlgorithm,
} from "@history-sync/proto/mls-api";
import {
  checkBytes,
  checkCount,
  checkInstallationKey,
  invalidRequest,
} from "./checks.js";
import { welcomeBody, welcomeOf } from "./entry-codec.js";
import { cursorsOf } from "./filters.js";
import type { NodeContext } from "./node-context.js";
import { pagingOf, rangeOf } from "./paging.js";
import {
  type NewEntry,
  type TopicName,
  topicName,
} from "./storage/node-storage.js";
import { storeEntries } from "./store-entries.js";

/** A post-quantum one has 1,216. */
const maxHpkeKeyBytes = 4_096;
const maxMetadataBytes = 4_096;

/** Stores all of them, or none if one is refused. */
export async function sendWelcomeMessages(
  { messages }: SendWelcomeMessagesRequest,
  node: NodeContext,
): Promise<void> {
  checkCount("Welcomes", messages, node.limits.maxEntriesPerRequest);
  const entries = messages.map((message) =>
    welcomeEntry(message, node.limits.maxMessageBytes),
  );
  await storeEntries("welcomes", entries, node);
}

export async function queryWelcomeMessages(
  { installationKey, pagingInfo }: QueryWelcomeMessagesRequest,
  { storage, limits }: NodeContext,
): Promise<QueryWelcomeMessagesResponse> {
  checkInstallationKey(installationKey);
  const range = rangeOf(pagingInfo, limits.maxPageBytes);
  const topic = topicName("welcomes", installationKey);
  const page = await storage.read(topic, range);
  return create(QueryWelcomeMessagesResponseSchema, {
    messages: page.entries.map(welcomeOf),
    pagingInfo: pagingOf(range, page),
  });
}

export function welcomeCursors(
  { filters }: SubscribeWelcomeMessagesRequest,
  { limits }: NodeContext,
): ReadonlyMap<TopicName, bigint> {
  if (filters.length === 0) throw invalidRequest("expected a filter, got none");
  const places = filters.map(({ installationKey, idCursor }) => {
    checkInstallationKey(installationKey);
    return { key: installationKey, idCursor };
  });
  return cursorsOf("welcomes", places, limits.maxFilters);
}

function welcomeEntry(input: WelcomeMessageInput, maxBytes: number): NewEntry {
  const message = checkedWelcome(input, maxBytes);
  const body = welcomeBody(message);
  const { installationKey } = message.version.value ?? {};
  return {
    topic: topicName("welcomes", installationKey ?? new Uint8Array()),
    body,
    digest: hash("sha256", body, "buffer"),
  };
}

function checkedWelcome(
  { version }: WelcomeMessageInput,
  maxBytes: number,
): WelcomeMessage {
  if (version.case === undefined) {
    throw invalidRequest("expected a Welcome or a pointer to one, got neither");
  }
  checkInstallationKey(version.value.installationKey);
  const { hpkePublicKey, wrapperAlgorithm } = version.value;
  if (
    wrapperAlgorithm === WelcomeWrapperAlgorithm.SYMMETRIC_KEY &&
    hpkePublicKey.length === 0
  ) {
    // Its key is in the pointers.
  } else {
    checkBytes("HPKE public key", hpkePublicKey, maxHpkeKeyBytes);
  }
  if (version.case === "welcomePointer") {
    const { $typeName: _, $unknown: __, ...value } = version.value;
    checkBytes("pointer", value.welcomePointer, maxBytes);
    return create(WelcomeMessageSchema, {
      version: { case: "welcomePointer", value },
    });
  }
  const { $typeName: _, $unknown: __, ...value } = version.value;
  checkBytes("Welcome", value.data, maxBytes);
  checkCount("bytes of metadata", value.welcomeMetadata, maxMetadataBytes);
  return create(WelcomeMessageSchema, { version: { case: "v1", value } });
}
