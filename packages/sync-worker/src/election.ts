import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { RequestNotes } from "./request-book.js";
import type { Acknowledgement, SyncRequest } from "./sync-request.js";

// Installations that stood back don't all come forward at once.
const ranks = 8;
const ranksPerTakeover = 4;
// An inbox has few installations.
const maxAcknowledgements = 32;

/**
 * An installation's place among those who take over from each other, another one for each request. Two may have the
 * same: then the order of the sync group decides.
 */
export function rankOf(installation: InstallationId, pin: string): number {
  const [first = 0] = sha256(
    new TextEncoder().encode(`${installation} ${pin}`),
  );
  return first % ranks;
}

/** How long the one whose turn it is may be silent before an installation of this rank takes over. */
export function patienceMs(takeoverMs: number, rank: number): number {
  return takeoverMs + Math.floor((takeoverMs * rank) / ranksPerTakeover);
}

/**
 * What becomes of a request by an acknowledgement. It is the turn of the first in the order of the sync group, until it
 * was silent for too long; all installations see the same order and the same times, so that they agree.
 */
export function afterAcknowledgement(
  { acknowledgements, holder }: SyncRequest,
  said: Acknowledgement,
  takeoverMs: number,
): RequestNotes {
  const { installation, atNs } = said;
  const others = acknowledgements.filter(
    (earlier) => earlier.installation !== installation,
  );
  const notes = {
    acknowledgements: [...others, said].slice(-maxAcknowledgements),
  };
  if (said.awaitingApproval) return notes;
  const isFree =
    holder === undefined ||
    holder.installation === installation ||
    atNs >= holder.atNs + BigInt(takeoverMs) * 1_000_000n;
  return isFree ? { ...notes, holder: { installation, atNs } } : notes;
}
