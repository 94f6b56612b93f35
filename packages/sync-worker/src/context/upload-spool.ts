/**
 * Keeps sealed archives on this installation until the history server has all of them, so that an upload resumes after a
 * restart. What it holds is of no use without the key, which is kept elsewhere.
 *
 * Ids are 32 lower-case hexadecimal digits.
 */
export interface UploadSpool {
  /** Appends bytes under the id. Fails where there is no room. */
  append(id: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was appended outlives a power cut. */
  flush(id: string): Promise<void>;
  /** In bytes; 0 for an unknown id. */
  size(id: string): Promise<number>;
  /**
   * What there is from the offset on, in pieces, up to the end as it is when it is reached: perhaps with a part of an append
   * that isn't over.
   */
  read(id: string, offset: number): AsyncIterable<Uint8Array>;
  /** Forgets it; an unknown id changes nothing. */
  remove(id: string): Promise<void>;
  /** The ids of all that there is. */
  list(): Promise<readonly string[]>;
}

export function isSpoolId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
