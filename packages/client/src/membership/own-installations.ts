import { readMembership } from "@history-sync/mls-group/xmtp";
import {
  type Clock,
  type GroupId,
  groupIdOf,
  nowNs,
} from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import type { ConversationContext } from "../conversations/context.js";
import { inParallel } from "../work/in-parallel.js";
import { tried, tryUntilDone } from "../work/retries.js";

// libxmtp's: who was silent for longer is met again when somebody writes.
const activeNs = 90n * 24n * 60n * 60n * 1_000_000_000n;
const atATime = 10;

/**
 * Brings the user's own new installations into the conversations, and revoked ones out. What is still to do can be seen
 * in each conversation, which names the place in the inbox's log that it follows: so nothing is kept of this work, and
 * it goes on after a crash with the next call. Ends early with the signal.
 */
export function bringInOwnInstallations(
  context: ConversationContext,
): Promise<void> {
  return tryUntilDone("own-installations.later", context, () =>
    tryOnce(context),
  );
}

/** Gives how many conversations are to be tried again. */
async function tryOnce(context: ConversationContext): Promise<number> {
  const { inbox, watcher, closing } = context;
  const { sequenceId } = await inbox.snapshot();
  const behind = await conversationsBehind(sequenceId, context);
  const outcomes = await inParallel(behind, atATime, (id) =>
    tried("own-installations.failed", id, context, () =>
      watcher.check(id, "identity-update", { signal: closing }),
    ),
  );
  return outcomes.filter((failed) => failed > 0).length;
}

async function conversationsBehind(
  sequenceId: bigint,
  { store, installation, inbox, preferences, clock }: ConversationContext,
): Promise<readonly GroupId[]> {
  const behind: GroupId[] = [];
  for (const row of await store.history.conversations()) {
    const id = groupIdOf(row.id);
    const group = installation.group(id);
    if (!group?.active || !wasActiveLately(row, clock)) continue;
    const { sequenceIds } = readMembership(group.extensions);
    if ((sequenceIds.get(inbox.id) ?? 0n) >= sequenceId) continue;
    const consent = await preferences.getConsentState("conversation", id);
    if (consent !== "denied") behind.push(id);
  }
  return behind;
}

function wasActiveLately(row: GroupSave, clock: Clock): boolean {
  const newestNs = row.lastMessageNs ?? row.createdAtNs;
  return newestNs + activeNs > nowNs(clock);
}
