import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type {
  Acknowledgement,
  ResponderTurn,
  SyncRequest,
} from "./sync-request.js";

// Installations that stand by don't all respond at once.
const ranks = 8;
const ranksPerTakeover = 4;
// An inbox has few installations.
const maxAcknowledgements = 32;

/**
 * Returns an installation's place in the order in which installations respond when an earlier one is silent. It differs by
 * request. Two installations may have the same one: then the node's time decides.
 */
export function rankOf(installation: InstallationId, pin: string): number {
  const [first = 0] = sha256(
    new TextEncoder().encode(`${installation} ${pin}`),
  );
  return first % ranks;
}

/** Returns how long the responder may be silent before an installation of this rank responds, in milliseconds. */
export function patienceMs(takeoverMs: number, rank: number): number {
  return takeoverMs + Math.floor((takeoverMs * rank) / ranksPerTakeover);
}

/**
 * Returns a request's acknowledgements and responder after another acknowledgement. The earliest by the node's time has the
 * turn until it is silent for too long. Acknowledgements may arrive by several sync groups, and the earliest one last.
 */
export function afterAcknowledgement(
  {
    acknowledgements,
    responder,
  }: Pick<SyncRequest, "acknowledgements" | "responder">,
  received: Acknowledgement,
  takeoverMs: number,
): Pick<SyncRequest, "acknowledgements"> &
  Partial<Pick<SyncRequest, "responder">> {
  const { installation, atNs } = received;
  const others = acknowledgements.filter(
    (earlier) => earlier.installation !== installation,
  );
  const notes = {
    acknowledgements: [...others, received].slice(-maxAcknowledgements),
  };
  if (received.awaitingApproval) return notes;
  if (responder?.installation === installation) {
    return { ...notes, responder: { ...responder, atNs } };
  }
  const takeoverNs = BigInt(takeoverMs) * 1_000_000n;
  const isTurn =
    responder === undefined ||
    atNs >= responder.atNs + takeoverNs ||
    (isBefore(received, responder) && responder.sinceNs < atNs + takeoverNs);
  return isTurn
    ? { ...notes, responder: { installation, sinceNs: atNs, atNs } }
    : notes;
}

function isBefore(
  received: Acknowledgement,
  responder: ResponderTurn,
): boolean {
  return received.atNs === responder.sinceNs
    ? received.installation < responder.installation
    : received.atNs < responder.sinceNs;
}
