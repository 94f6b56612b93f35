import { concatBytes } from "@history-sync/primitives";

/** The first 14 bytes of an archive: version and nonce. */
export const headerBytes = 14;

/** A little-endian number of so many bytes. */
export function littleEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes },
    (_, i) => Math.floor(value / 256 ** i) & 0xff,
  );
}

/** A zstd block: its type is 0 raw, 1 RLE, 2 compressed. */
export function zstdBlock(
  type: number,
  size: number,
  body: Uint8Array,
  last = true,
): Uint8Array {
  const word = (size << 3) | (type << 1) | (last ? 1 : 0);
  return concatBytes(littleEndian(word, 3), body);
}

/** A zstd frame of these blocks; the window is 2 MiB unless told otherwise. */
export function zstdFrame(
  blocks: readonly Uint8Array[],
  header: Uint8Array = Uint8Array.of(0, 0x58),
): Uint8Array {
  return concatBytes(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), header, ...blocks);
}

/** An archive's bytes around a zstd layer made by hand. */
export function archiveOf(
  zstd: Uint8Array,
  nonce: Uint8Array = new Uint8Array(12),
): Uint8Array {
  return concatBytes(Uint8Array.of(0, 0), nonce, zstd);
}

/** The records of an archive that holds one raw block, each with its length. */
export function splitRecords(archive: Uint8Array): Uint8Array[] {
  const inflated = archive.subarray(headerBytes + 6 + 3);
  const view = new DataView(inflated.buffer, inflated.byteOffset);
  const records: Uint8Array[] = [];
  for (let at = 0; at < inflated.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    records.push(inflated.subarray(at, end));
    at = end;
  }
  return records;
}
