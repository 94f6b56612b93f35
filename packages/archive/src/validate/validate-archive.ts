import { ArchiveError } from "../errors.js";
import { defaultFrameLimits, type FrameLimits } from "../limits.js";
import type { ValidationReport } from "./report.js";
import { Validator } from "./validator.js";

export interface ValidateOptions {
  readonly limits?: FrameLimits;
  readonly signal?: AbortSignal;
}

/**
 * Reads a whole archive and says what is wrong with it; nothing in an archive makes it throw, but an error of `frames`
 * does. Memory: 8 bytes a message, and the keys of at most 262,144 conversations and as many consent records.
 */
export async function validateArchive(
  frames: AsyncIterable<Uint8Array>,
  options: ValidateOptions = {},
): Promise<ValidationReport> {
  const validator = new Validator(options.limits ?? defaultFrameLimits);
  for await (const frame of frames) {
    options.signal?.throwIfAborted();
    if (!validator.add(frame)) return validator.report();
  }
  validator.end();
  return validator.report();
}

/**
 * The same frames, checked on their way to whoever seals them: throws `invalid-archive` before the archive ends if
 * anything is wrong, so that it is never offered. A single row that imports skip doesn't stop it: better all but one
 * row than none.
 */
export async function* validated<Frame extends Uint8Array>(
  frames: AsyncIterable<Frame>,
  options: ValidateOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  const validator = new Validator(options.limits ?? defaultFrameLimits);
  for await (const frame of frames) {
    options.signal?.throwIfAborted();
    validator.add(frame);
    throwFault(validator);
    yield frame;
  }
  validator.end();
  throwFault(validator);
}

function throwFault({ fault }: Validator): void {
  if (fault) {
    throw new ArchiveError(
      "invalid-archive",
      `expected an archive that is fit to be offered, got ${fault.code}: ${fault.message}`,
    );
  }
}
