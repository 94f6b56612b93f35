/** The platform's zstd at work on one zstd frame. */
export interface NativeInflater {
  /** Inflates these bytes, a frame's header or whole blocks. Rejects with the platform's error. */
  write(bytes: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

export type StartNativeInflater = (maxWindowBytes: number) => NativeInflater;

/** Browsers have no zstd for pages; `native-node.ts` replaces this file in Node.js. */
export const startNativeInflater: StartNativeInflater | undefined = undefined;
