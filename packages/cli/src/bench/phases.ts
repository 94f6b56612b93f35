/** The output of a phase's process. */
export interface PhaseOutput {
  readonly seconds: number;
  readonly peakRssMB: number;
  /** Peak memory minus that at the beginning of the phase. */
  readonly aboveBaseMB: number;
  /** The number of messages in the store at the end. */
  readonly messages: number;
}

/** `generate` fills a store, `out` exports and seals it to a file, `in` opens the file and merges it into a store. */
export type Phase = "generate" | "out" | "in";
