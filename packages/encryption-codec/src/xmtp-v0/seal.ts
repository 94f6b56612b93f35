import { concatBytes } from "@history-sync/primitives";
import { type AesGcm, maxCallsInFlight, tagBytes } from "../aes/aes-gcm.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";
import { defaultCodecLimits } from "../limits.js";
import {
  StoredBlocks,
  storedBlockBytes,
  storedFrameHeader,
  storedFrameSize,
} from "../zstd/stored-blocks.js";
import {
  encodeRecordLength,
  nonceBytes,
  recordLengthBytes,
  version,
} from "./layout.js";
import { advanceNonce } from "./nonce.js";

/**
 * An archive's bytes, in pieces of about 64 KiB: the header first, then stored blocks as records fill them.
 * Takes frames only as pieces are asked for. The nonce is the archive's own and used for no other under this key.
 */
export async function* sealXmtpV0(
  frames: AsyncIterable<Uint8Array>,
  aes: AesGcm,
  nonce: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield concatBytes(version, nonce, storedFrameHeader);
  const blocks = new StoredBlocks();
  let sealed = 0;
  for await (const batch of batches(frames)) {
    const first = sealed;
    const records = await Promise.all(
      batch.map((frame, i) => aes.seal(advanceNonce(nonce, first + i), frame)),
    );
    for (const ciphertext of records) {
      yield* blocks.append(encodeRecordLength(ciphertext.length));
      yield* blocks.append(ciphertext);
    }
    sealed += batch.length;
  }
  if (sealed === 0) {
    throw new EncryptionCodecError("no-frames", "expected at least one frame");
  }
  yield blocks.end();
}

/** The archive's bytes for frames of these sizes. */
export function sealedSizeXmtpV0(frameSizes: Iterable<number>): number {
  let recordBytes = 0;
  for (const size of frameSizes) {
    recordBytes += recordLengthBytes + size + tagBytes;
  }
  return version.length + nonceBytes + storedFrameSize(recordBytes);
}

/** Frames for about one block, to be sealed side by side. */
async function* batches(
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array[], void, undefined> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for await (const frame of frames) {
    // A sealed archive must open under the default limits of readers.
    checkLimit(
      "frame in bytes",
      frame.length,
      defaultCodecLimits.maxFrameBytes,
    );
    batch.push(frame);
    bytes += frame.length;
    if (bytes >= storedBlockBytes || batch.length === maxCallsInFlight) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}
