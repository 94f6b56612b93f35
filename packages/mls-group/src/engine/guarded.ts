import { MlsGroupError, type MlsGroupErrorCode } from "../errors.js";

/** Turns the engine's errors, and its plain TypeErrors on broken input, into an MlsGroupError. */
export async function guarded<Result>(
  code: MlsGroupErrorCode,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof MlsGroupError) throw cause;
    const why = cause instanceof Error ? cause.message : "no error";
    throw new MlsGroupError(code, `the engine says: ${why}`, { cause });
  }
}
