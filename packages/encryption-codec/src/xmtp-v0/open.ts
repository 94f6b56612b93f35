import { startNativeInflater } from "#native-zstd";
import { type AesGcm, maxCallsInFlight } from "../aes/aes-gcm.js";
import { ByteReader } from "../byte-reader.js";
import { EncryptionCodecError } from "../errors.js";
import type { CodecLimits } from "../limits.js";
import { inflate } from "../zstd/inflate.js";
import { nonceBytes } from "./layout.js";
import { advanceNonce } from "./nonce.js";
import { recordBatches, type SealedRecord } from "./records.js";

export interface OpenXmtpV0Options {
  readonly limits: CodecLimits;
  readonly allowRepeatedNonce: boolean;
}

interface OpenedBatch {
  readonly frames: readonly Uint8Array[];
  /** The nonce that the next record should have. */
  readonly nextNonce: Uint8Array;
}

/** The frames of an archive after its version was read, as many at a time as are opened together. */
export async function* openXmtpV0(
  archive: ByteReader,
  aes: AesGcm,
  options: OpenXmtpV0Options,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  let nonce = await archive.read(nonceBytes, "nonce");
  const inflated = new ByteReader(
    inflate(archive, options.limits, startNativeInflater),
    "the inflated records",
  );
  try {
    const batches = recordBatches(inflated, options.limits, maxCallsInFlight);
    for await (const batch of batches) {
      const opened = await openBatch(batch, nonce, aes, options);
      nonce = opened.nextNonce;
      yield opened.frames;
    }
  } finally {
    await inflated.close();
  }
}

/** All at once, since nonces count up; what does not open so is looked at one by one. */
async function openBatch(
  batch: readonly SealedRecord[],
  nonce: Uint8Array,
  aes: AesGcm,
  options: OpenXmtpV0Options,
): Promise<OpenedBatch> {
  const tries = await Promise.all(
    batch.map(({ ciphertext }, i) =>
      aes.open(advanceNonce(nonce, i), ciphertext),
    ),
  );
  const frames: Uint8Array[] = [];
  for (const frame of tries) {
    if (frame === undefined) break;
    frames.push(frame);
  }
  let nextNonce: Uint8Array = advanceNonce(nonce, frames.length);
  for (const record of batch.slice(frames.length)) {
    const opened = await openOutOfStep(record, nextNonce, aes, options);
    frames.push(opened.frame);
    nextNonce = opened.nextNonce;
  }
  return { frames, nextNonce };
}

/**
 * Old libxmtp sealed every record of an archive under one nonce. Its reader tries the nonce before, once, where a
 * record does not open, and counts on from there: so does this one, if it is allowed to.
 */
async function openOutOfStep(
  record: SealedRecord,
  nonce: Uint8Array,
  aes: AesGcm,
  options: OpenXmtpV0Options,
): Promise<{ readonly frame: Uint8Array; readonly nextNonce: Uint8Array }> {
  const { index, ciphertext, position } = record;
  const inStep = await aes.open(nonce, ciphertext);
  if (inStep) return { frame: inStep, nextNonce: advanceNonce(nonce, 1) };
  const repeated =
    index > 0 ? await aes.open(advanceNonce(nonce, -1), ciphertext) : undefined;
  if (repeated === undefined) {
    throw new EncryptionCodecError(
      "not-authentic",
      `record ${index} of ${ciphertext.length} bytes at ${position} does not open with this key`,
    );
  }
  if (!options.allowRepeatedNonce) {
    throw new EncryptionCodecError(
      "repeated-nonce",
      `record ${index} at ${position} has the nonce of the record before: expected another, unless allowRepeatedNonce is set`,
    );
  }
  return { frame: repeated, nextNonce: nonce };
}
