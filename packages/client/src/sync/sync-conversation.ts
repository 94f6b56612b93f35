import type { MlsGroup } from "@history-sync/mls-group";
import type { ConversationContext } from "../conversations/context.js";
import { retryLater } from "../work/retries.js";

/** Takes in what a conversation's topic has, sends what waits, and looks now and then whether its members have changed. */
export async function syncConversation(
  group: MlsGroup,
  context: ConversationContext,
  signal: AbortSignal,
): Promise<void> {
  const { watcher, log } = context;
  await takeNews(group, context, signal);
  if (!group.active) return context.outbox.giveUp(group.id);
  await retryLater(() => watcher.check(group.id, "sync", { signal }), log);
  await publishWaiting(group, context, signal);
}

/** Sends what waits, once the members' installations are up to date. */
export async function publishWaiting(
  group: MlsGroup,
  { outbox, watcher }: ConversationContext,
  signal: AbortSignal,
): Promise<void> {
  if (!(await outbox.isWaiting(group.id))) return;
  try {
    await watcher.check(group.id, "send", { signal });
    await outbox.publish(group, signal);
  } catch (error) {
    if (!group.active) await outbox.giveUp(group.id);
    throw error;
  }
}

/** Takes in what a conversation's topic has. */
export async function takeNews(
  group: MlsGroup,
  { ledger }: Pick<ConversationContext, "ledger">,
  signal: AbortSignal,
): Promise<void> {
  await group.sync(signal);
  await ledger.takeIn(group);
}
