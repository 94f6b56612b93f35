/**
 * Compares bytes as SQLite and IndexedDB do: by the first byte that differs, then by length. Returns a negative number,
 * 0 or a positive number.
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
