/** The nonce `steps` after (or, if negative, before) the given one, as a little-endian integer that wraps. */
export function advanceNonce(
  nonce: Uint8Array,
  steps: number,
): Uint8Array<ArrayBuffer> {
  const next = Uint8Array.from(nonce);
  let carry = steps;
  for (let i = 0; i < next.length && carry !== 0; i++) {
    const sum = (next[i] ?? 0) + carry;
    next[i] = sum & 0xff;
    carry = Math.floor(sum / 256);
  }
  return next;
}
