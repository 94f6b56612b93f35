import type { ArchiveFormat } from "@history-sync/encryption-codec";

/** What the answerer's process is started with. */
export interface AnswererOptions {
  /** Where its store and the history server's archives are. */
  readonly folder: string;
  readonly format: ArchiveFormat;
}

/** What the answerer says once it can be asked. */
export interface AnswererReady {
  readonly nodeUrl: string;
  readonly serverUrl: string;
  /** How many messages it has. */
  readonly messages: number;
  /** The conversation with the newest message of all, and the ids of its newest messages. */
  readonly conversation: string;
  readonly newest: readonly string[];
}

/** What the answerer says in the end: milliseconds since the Unix epoch, and bytes. */
export interface AnswererDone {
  readonly preparingMs: number;
  readonly sealedMs: number;
  readonly uploadedMs: number;
  readonly archiveBytes: number;
}

/** What the answerer is told: to look for new installations, or that the asker has everything. */
export type ToAnswerer = "look" | "done";

/** How many messages a user sees first. */
export const screenful = 20;
