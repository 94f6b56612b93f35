import { type MlsGroup, MlsGroupError } from "@history-sync/mls-group";
import { inboxOf, isSyncGroupOf } from "@history-sync/mls-group/xmtp";
import type { InboxId } from "@history-sync/primitives";

/** The least time between two replacements, so that installations that fork repeatedly don't create groups without end. */
export const replacementCoolDownMs: number = 60 * 60 * 1_000;

/** True for a sync group of the inbox without members of other inboxes. */
export function isSyncGroupOnlyOf(group: MlsGroup, inboxId: InboxId): boolean {
  return (
    isSyncGroupOf(group.extensions, inboxId) &&
    group.members().every(({ credential }) => inboxOf(credential) === inboxId)
  );
}

/** Returns the groups that this installation is a member of, the one that it created or joined last first. */
export function newestFirst(groups: readonly MlsGroup[]): readonly MlsGroup[] {
  return groups
    .filter(({ active }) => active)
    .toSorted((a, b) =>
      a.createdAtNs === b.createdAtNs
        ? Number(a.id < b.id) - Number(a.id > b.id)
        : Number(a.createdAtNs < b.createdAtNs) -
          Number(a.createdAtNs > b.createdAtNs),
    );
}

/** True if the newest group is old enough to be replaced. */
export function mayReplace({ createdAtNs }: MlsGroup, nowNs: bigint): boolean {
  return nowNs - createdAtNs >= BigInt(replacementCoolDownMs) * 1_000_000n;
}

/** True if the group's own state makes every attempt to change its members fail. */
export function isBeyondRepair(error: unknown): error is MlsGroupError {
  if (!(error instanceof MlsGroupError)) return false;
  return (
    error.code === "refused-commit" ||
    error.code === "invalid-group-data" ||
    isPaused(error)
  );
}

/** True if the group requires a later release of this software. */
export function isPaused({ code, cause }: MlsGroupError): boolean {
  return (
    code === "newer-protocol" ||
    (cause instanceof MlsGroupError && isPaused(cause))
  );
}
