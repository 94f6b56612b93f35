import { equalBytes, nowNs } from "@history-sync/primitives";
import type {
  Fork,
  ForkReason,
  GroupRecord,
  HeldRecord,
} from "./group-state-store.js";
import type { MlsContext } from "./ports.js";

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
