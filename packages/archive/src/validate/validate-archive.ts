import { ArchiveError } from "../errors.js";
import { defaultFrameLimits, type FrameLimits } from "../limits.js";
import type { ValidationReport } from "./report.js";
import { Validator } from "./validator.js";

/** The limits of a validation. */
export interface ValidateOptions {
  readonly limits?: FrameLimits;
  readonly signal?: AbortSignal;
}

/**
 * Reads a whole archive and reports its problems. No archive makes it throw; an error of `frames` does. Memory: 8 bytes
 * for each message, and the keys of at most 262,144 conversations and as many consent records.
 *
 * @example
 * ```ts
 * import { validateArchive } from "@history-sync/archive";
 *
 * export async function isWhole(frames: AsyncIterable<Uint8Array>) {
 *   const { problems } = await validateArchive(frames);
 *   for (const { code, message } of problems) console.log(code, message);
 *   return problems.length === 0;
 * }
 * ```
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
 * Passes frames through and checks them on their way to the sealing, so that an invalid archive is never offered. A
 * single row that imports skip is no error: an archive without one row is better than none.
 *
 * @throws {ArchiveError} `invalid-archive`, before the archive ends
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
