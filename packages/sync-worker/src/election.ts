import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type { RequestNotes } from "./request-book.js";
import type { Acknowledgement, Holder, SyncRequest } from "./sync-request.js";

// Installations that stood back don't all come forward at once.
const ranks = 8;
const ranksPerTakeover = 4;
// An inbox has few installations.
const maxAcknowledgements = 32;

/**
 * An installation's place among those who take over from each other, another one for each request. Two may have the
 * same: then the node's time decides.
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
 * What becomes of a request by an acknowledgement. It is the turn of the first by the node's time, until it was silent for
 * too long. The words of an inbox's installations may stand in several sync groups, and the first one's be read last.
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
  if (holder?.installation === installation) {
    return { ...notes, holder: { ...holder, atNs } };
  }
  const takeoverNs = BigInt(takeoverMs) * 1_000_000n;
  const isTurn =
    holder === undefined ||
    atNs >= holder.atNs + takeoverNs ||
    (isBefore(said, holder) && holder.sinceNs < atNs + takeoverNs);
  return isTurn
    ? { ...notes, holder: { installation, sinceNs: atNs, atNs } }
    : notes;
}

function isBefore(said: Acknowledgement, holder: Holder): boolean {
  return said.atNs === holder.sinceNs
    ? said.installation < holder.installation
    : said.atNs < holder.sinceNs;
}
