import type {
  Finding,
  InstallationWatcher,
} from "@history-sync/installation-watcher";
import type { MlsGroup } from "@history-sync/mls-group";
import type { GroupId, Logger } from "@history-sync/primitives";
import type { Outbox } from "../messages/outbox.js";
import type { Receiver } from "../messages/receiver.js";
import { retryLater } from "../work/retries.js";

export interface PublishParts {
  readonly outbox: Outbox;
  /** Keeps a conversation's members up to date with the installations of their inboxes. */
  readonly watcher: InstallationWatcher<GroupId, Finding>;
}

export interface SyncParts extends PublishParts {
  readonly receiver: Receiver;
  readonly log: Logger;
}

/** Receives a conversation's new messages, checks its members' installations if a check is due, and sends pending messages. */
export async function syncConversation(
  group: MlsGroup,
  parts: SyncParts,
  signal: AbortSignal,
): Promise<void> {
  const { receiver, outbox, watcher, log } = parts;
  await receiver.receive(group, signal);
  if (!group.active) return outbox.failPending(group.id);
  await retryLater(() => watcher.check(group.id, "sync", { signal }), log);
  await publishPending(group, parts, signal);
}

/** Sends pending messages, once the members' installations are up to date. */
export async function publishPending(
  group: MlsGroup,
  { outbox, watcher }: PublishParts,
  signal: AbortSignal,
): Promise<void> {
  if (!(await outbox.hasPending(group.id))) return;
  try {
    await watcher.check(group.id, "send", { signal });
    await outbox.publish(group, signal);
  } catch (error) {
    if (!group.active) await outbox.failPending(group.id);
    throw error;
  }
}
