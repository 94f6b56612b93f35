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

// One may be garbage; that several are, of the next epochs, is unlikely.
const tellingHeld = 3;

/** What a member says of its epoch. It has to come over a channel that tells who says it. */
export interface EpochClaim {
  readonly epoch: bigint;
  readonly authenticator: Uint8Array;
}

/** `behind` and `ahead` are the other member's epochs, seen from here: nothing follows from them. */
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

/** The group with a suspicion noted; the first one tells since when. */
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

/** Whether entries of later epochs wait, though everything before them was taken in. */
export function isLeftBehind(
  { epoch, active }: GroupRecord,
  held: readonly HeldRecord[],
): boolean {
  const later = held.filter((row) => row.epoch > epoch);
  return active && later.length >= tellingHeld;
}

/** Whether that another member's entry of this epoch could be read says that there is no fork. */
export function refutes(epoch: bigint, fork: Fork | undefined): boolean {
  return fork !== undefined && epoch > fork.epoch;
}

/** Notes whom a commit added anew, and forgets those who are gone: there are never more of them than members. */
export function withReadded(
  { readded: before = [] }: Pick<GroupRecord, "readded">,
  ids: readonly InstallationId[],
  { id: sequence, createdAtNs: atNs }: Pick<Delivered, "id" | "createdAtNs">,
  members: readonly Member[],
): Pick<GroupRecord, "readded"> {
  const anew = ids.map(
    (installationId): Readded => ({
      installationId,
      sequence,
      atNs,
    }),
  );
  const present = new Set(members.map(({ installationId }) => installationId));
  const readded = [
    ...before.filter(({ installationId }) => !ids.includes(installationId)),
    ...anew,
  ].filter(({ installationId }) => present.has(installationId));
  return { readded: readded.length > 0 ? readded : undefined };
}
