const brand = Symbol.for("@history-sync/error");

/** The base of every package's error class: a `code` of a closed list, and whether another attempt may succeed. */
export abstract class HistorySyncError<
  Code extends string = string,
> extends Error {
  readonly code: Code;
  /** The message without the code in front of it, for an error of another class that passes it on. */
  readonly rawMessage: string;
  /** True if the same call may succeed later. */
  readonly retryable: boolean;

  constructor(
    code: Code,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(
      `[${code}] ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    this.code = code;
    this.rawMessage = message;
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Returns true for an error of any history-sync package. Unlike `instanceof` it also recognises errors of another installed
 * copy of this package.
 *
 * @example
 * ```ts
 * import { isHistorySyncError } from "@history-sync/primitives";
 *
 * async function codeOf(work: () => Promise<void>): Promise<string> {
 *   try {
 *     await work();
 *     return "done";
 *   } catch (error) {
 *     if (!isHistorySyncError(error)) throw error;
 *     return error.retryable ? `${error.code}, try again` : error.code;
 *   }
 * }
 * ```
 */
export function isHistorySyncError(error: unknown): error is HistorySyncError {
  return error instanceof Error && brand in error;
}

/** The codes of `PrimitivesError`, each with its meaning and remedy. */
export type PrimitivesErrorCode =
  /** The text isn't hex. Pass pairs of hex digits. */
  | "invalid-hex"
  /** The text isn't an id of that kind. Pass lower-case hex of the right length. */
  | "invalid-id";

/** The error of this package. */
export class PrimitivesError extends HistorySyncError<PrimitivesErrorCode> {}
