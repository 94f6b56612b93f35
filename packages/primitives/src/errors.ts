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
  }
}

/**
 * - `invalid-hex`: the text isn't hex; pass lower- or upper-case pairs of digits.
 * - `invalid-id`: the text is no id of that kind; ids are lower-case hex of a fixed length.
 */
export type PrimitivesErrorCode = "invalid-hex" | "invalid-id";

export class PrimitivesError extends HistorySyncError<PrimitivesErrorCode> {}
