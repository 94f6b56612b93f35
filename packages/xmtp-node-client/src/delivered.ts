import type { Delivered, Topic } from "@history-sync/mls-group";
import { groupIdOf, installationIdOf } from "@history-sync/primitives";
import type { GroupMessage, WelcomeMessage } from "@history-sync/proto/mls-api";
import { badAnswer } from "./calls.js";

/** Reads a message of a group. */
export function deliveredMessage({ version }: GroupMessage): Delivered {
  if (version.case !== "v1") throw badAnswer("expected a message of V1");
  const { id, createdNs: createdAtNs, groupId, data } = version.value;
  checkId(id);
  const topic = { kind: "group", groupId: readId(groupIdOf, groupId) } as const;
  return { topic, id, createdAtNs, data };
}

/** Reads a Welcome. Returns undefined for a pointer to one, which our key packages don't ask for. */
export function deliveredWelcome({
  version,
}: WelcomeMessage): Delivered | undefined {
  if (version.case === "welcomePointer") return undefined;
  if (version.case !== "v1") throw badAnswer("expected a Welcome of V1");
  const { id, createdNs: createdAtNs, installationKey, data } = version.value;
  checkId(id);
  const { hpkePublicKey, wrapperAlgorithm, welcomeMetadata } = version.value;
  const installationId = readId(installationIdOf, installationKey);
  return {
    topic: { kind: "welcomes", installationId },
    id,
    createdAtNs,
    data,
    welcome: { hpkePublicKey, wrapperAlgorithm, metadata: welcomeMetadata },
  };
}

/** Returns a key that is equal for equal topics. */
export function topicKey(topic: Topic): string {
  return topic.kind === "group"
    ? `group ${topic.groupId}`
    : `welcomes ${topic.installationId}`;
}

function checkId(id: bigint): void {
  if (id <= 0n || id >= 2n ** 63n) {
    throw badAnswer(`expected an id above 0 and below 2^63, got ${id}`);
  }
}

function readId<Id>(read: (bytes: Uint8Array) => Id, bytes: Uint8Array): Id {
  try {
    return read(bytes);
  } catch {
    throw badAnswer(`expected an id, got ${bytes.length} bytes`);
  }
}
