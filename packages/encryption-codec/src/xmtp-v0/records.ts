import { tagBytes } from "../aes/aes-gcm.js";
import type { ByteReader } from "../byte-reader.js";
import { checkLimit, EncryptionCodecError } from "../errors.js";
import type { CodecLimits } from "../limits.js";
import { decodeRecordLength, recordLengthBytes } from "./layout.js";

export interface SealedRecord {
  /** Counted from 0. */
  readonly index: number;
  readonly ciphertext: Uint8Array;
  /** Where it starts, for messages. */
  readonly position: string;
}

/** The records that are at hand together, at most `maxRecords`: waiting for more would hold these back. */
export async function* recordBatches(
  inflated: ByteReader,
  limits: CodecLimits,
  maxRecords: number,
): AsyncGenerator<SealedRecord[], void, undefined> {
  let index = 0;
  while (!(await inflated.atEnd())) {
    const batch: SealedRecord[] = [];
    do {
      checkLimit("frames", index + 1, limits.maxFrames);
      batch.push(await readRecord(inflated, limits, index));
      index++;
    } while (batch.length < maxRecords && holdsRecord(inflated.buffered));
    yield batch;
  }
  if (index === 0) {
    throw new EncryptionCodecError(
      "truncated",
      `expected at least one record, ${inflated.position} is the end`,
    );
  }
}

function holdsRecord(buffered: Uint8Array): boolean {
  return (
    buffered.length >= recordLengthBytes &&
    buffered.length - recordLengthBytes >= decodeRecordLength(buffered)
  );
}

async function readRecord(
  inflated: ByteReader,
  limits: CodecLimits,
  index: number,
): Promise<SealedRecord> {
  const position = inflated.position;
  const length = decodeRecordLength(
    await inflated.read(recordLengthBytes, `length of record ${index}`),
  );
  if (length < tagBytes) {
    throw new EncryptionCodecError(
      "invalid-record",
      `record ${index} at ${position}: expected at least ${tagBytes} bytes, got ${length}`,
    );
  }
  checkLimit(
    `record ${index}: frame in bytes`,
    length - tagBytes,
    limits.maxFrameBytes,
  );
  const ciphertext = await inflated.read(length, `record ${index}`);
  return { index, ciphertext, position };
}
