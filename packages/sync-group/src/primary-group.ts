import { type MlsGroup, MlsGroupError } from "@history-sync/mls-group";
import { inboxOf, isSyncGroupOf } from "@history-sync/mls-group/xmtp";
import type { InboxId } from "@history-sync/primitives";

/** So that installations that lose each other again and again don't make groups without end. */
export const replacementCoolDownMs: number = 60 * 60 * 1_000;

/** A sync group of the inbox with nobody else in it. */
export function isSyncGroupOnlyOf(group: MlsGroup, inboxId: InboxId): boolean {
  return (
    isSyncGroupOf(group.extensions, inboxId) &&
    group.members().every(({ credential }) => inboxOf(credential) === inboxId)
  );
}

/** The groups that this installation is still in, by the time at which it made or joined them. */
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

/** Whether the newest group is old enough for another one to take its place. */
export function mayReplace({ createdAtNs }: MlsGroup, nowNs: bigint): boolean {
  return nowNs - createdAtNs >= BigInt(replacementCoolDownMs) * 1_000_000n;
}

/** Whether what a group is keeps this installation from changing its members, however often it tries. */
export function isBeyondRepair(error: unknown): error is MlsGroupError {
  if (!(error instanceof MlsGroupError)) return false;
  return (
    error.code === "refused-commit" ||
    error.code === "invalid-group-data" ||
    isPaused(error)
  );
}

/** Whether the group waits for a later release of this software. */
export function isPaused({ code, cause }: MlsGroupError): boolean {
  return (
    code === "newer-protocol" ||
    (cause instanceof MlsGroupError && isPaused(cause))
  );
}
