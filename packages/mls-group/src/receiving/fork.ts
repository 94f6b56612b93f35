import {
  equalBytes,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import type { MlsContext } from "../context.js";
import type { Member } from "../ports/authentication-service.js";
import type { Delivered } from "../ports/delivery-service.js";
import type {
  Fork,
  ForkReason,
  GroupRecord,
  HeldRecord,
  Readded,
} from "../ports/group-state-store.js";

// One entry may be garbage. Several of the next epochs are unlikely to be.
const tellingHeld = 3;

/** A member's claim about its epoch. It has to come over an authenticated channel. */
export interface EpochClaim {
  readonly epoch: bigint;
  readonly authenticator: Uint8Array;
}

/**
 * The result of a comparison. `behind` and `ahead` describe the other member's epoch relative to this one; nothing
 * follows from them.
 */
export type EpochComparison = "same" | "different" | "behind" | "ahead";

export function compareClaim(
  claim: EpochClaim,
  own: EpochClaim,
): EpochComparison {
  if (claim.epoch < own.epoch) return "behind";
  if (claim.epoch > own.epoch) return "ahead";
  return equalBytes(claim.authenticator, own.authenticator)
    ? "same"
    : "different";
}

/** Returns the group with a suspected fork. The first suspicion sets its time. */
export function suspected(
  group: GroupRecord,
  reason: ForkReason,
  { clock, log }: Pick<MlsContext, "clock" | "log">,
): GroupRecord {
  if (group.fork?.reason === reason) return group;
  log("group.fork-suspected", { group: group.id, epoch: group.epoch, reason });
  const fork: Fork = group.fork
    ? { ...group.fork, reason }
    : { epoch: group.epoch, sinceNs: nowNs(clock), reason };
  return { ...group, fork };
}

/** Returns true if entries of later epochs are held although everything before them was processed. */
export function isLeftBehind(
  { epoch, active }: GroupRecord,
  held: readonly HeldRecord[],
): boolean {
  const later = held.filter((row) => row.epoch > epoch);
  return active && later.length >= tellingHeld;
}

/** Returns true if a readable entry of this epoch, by another member, proves that there is no fork. */
export function refutes(epoch: bigint, fork: Fork | undefined): boolean {
  return fork !== undefined && epoch > fork.epoch;
}

/** Records the re-added members, and drops those that have left: there are never more records than members. */
export function withReadded(
  { readded: before = [] }: Pick<GroupRecord, "readded">,
  ids: readonly InstallationId[],
  { id: sequence, createdAtNs: atNs }: Pick<Delivered, "id" | "createdAtNs">,
  members: readonly Member[],
): Pick<GroupRecord, "readded"> {
  const added = ids.map(
    (installationId): Readded => ({
      installationId,
      sequence,
      atNs,
    }),
  );
  const present = new Set(members.map(({ installationId }) => installationId));
  const readded = [
    ...before.filter(({ installationId }) => !ids.includes(installationId)),
    ...added,
  ].filter(({ installationId }) => present.has(installationId));
  return { readded: readded.length > 0 ? readded : undefined };
}
