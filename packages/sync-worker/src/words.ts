import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { wordList } from "./word-list.js";

// 48 bits: a pin that gives another request's words isn't found while a user waits.
const words = 6;

/**
 * Words that the asking and the answering installation both show: the user compares them before history is released.
 * They stand for the two installations and the request.
 */
export function comparisonWords(
  pin: string,
  requester: InstallationId,
  answerer: InstallationId,
): readonly string[] {
  const text = `history_sync words ${requester} ${answerer} ${pin}`;
  const hash = sha256(new TextEncoder().encode(text));
  return [...hash.subarray(0, words)].map((byte) => wordList[byte] ?? "");
}
