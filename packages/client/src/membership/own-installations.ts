import { mapConcurrently } from "@history-sync/async";
import type {
  Finding,
  InstallationWatcher,
} from "@history-sync/installation-watcher";
import { readMembership } from "@history-sync/mls-group/xmtp";
import {
  type Clock,
  type GroupId,
  groupIdOf,
  nowNs,
} from "@history-sync/primitives";
import type { GroupSave } from "@history-sync/proto/device-sync";
import type { ClientContext } from "../context.js";
import type { Inbox } from "../identity/inbox.js";
import type { Preferences } from "../preferences/preferences.js";
import { tried, tryUntilDone } from "../work/retries.js";

// libxmtp's limit. Members of a conversation that was silent for longer are checked at its next message.
const activeNs = 90n * 24n * 60n * 60n * 1_000_000_000n;
const maxConcurrent = 10;

export interface OwnInstallationsParts
  extends Pick<ClientContext, "store" | "installation" | "clock" | "log"> {
  readonly inbox: Inbox;
  readonly preferences: Preferences;
  readonly watcher: InstallationWatcher<GroupId, Finding>;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

/**
 * Adds the user's own new installations to the conversations, and removes revoked ones. Each conversation contains the
 * position in the inbox's log that it follows, so that no progress is stored: the next call resumes after a crash.
 */
export function updateOwnInstallations(
  parts: OwnInstallationsParts,
): Promise<void> {
  return tryUntilDone("own-installations.later", parts, () => tryOnce(parts));
}

/** Returns how many conversations are to be tried again. */
async function tryOnce(parts: OwnInstallationsParts): Promise<number> {
  const { inbox, watcher, closing } = parts;
  const { sequenceId } = await inbox.snapshot();
  const behind = await conversationsBehind(sequenceId, parts);
  const outcomes = await mapConcurrently(behind, maxConcurrent, (id) =>
    tried("own-installations.failed", id, parts, () =>
      watcher.check(id, "identity-update", { signal: closing }),
    ),
  );
  return outcomes.filter((failed) => failed > 0).length;
}

async function conversationsBehind(
  sequenceId: bigint,
  { store, installation, inbox, preferences, clock }: OwnInstallationsParts,
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
