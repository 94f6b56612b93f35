/** What a phase's process prints. */
export interface PhaseOutput {
  readonly seconds: number;
  readonly peakRssMB: number;
  /** Above what the process had when the phase began. */
  readonly aboveBaseMB: number;
  /** How many messages the store holds in the end. */
  readonly messages: number;
}

/** `generate` fills a store, `out` exports and seals it to a file, `in` opens the file and merges it into a store. */
export type Phase = "generate" | "out" | "in";
