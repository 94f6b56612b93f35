import type { ArchiveFormat } from "@history-sync/encryption-codec";

/** The arguments of the responder's process. */
export interface ResponderOptions {
  /** Where its store and the history server's archives are. */
  readonly folder: string;
  readonly format: ArchiveFormat;
}

/** The responder's message once it can respond. */
export interface ResponderReady {
  readonly nodeUrl: string;
  readonly serverUrl: string;
  /** How many messages it has. */
  readonly messages: number;
  /** The conversation with the newest message of all, and the ids of its newest messages. */
  readonly conversation: string;
  readonly newest: readonly string[];
}

/** The responder's last message: milliseconds since the Unix epoch, and bytes. */
export interface ResponderDone {
  readonly preparingMs: number;
  readonly sealedMs: number;
  readonly uploadedMs: number;
  readonly archiveBytes: number;
}

/** A message to the responder: check for new installations, or the requester has everything. */
export type ToResponder = "look" | "done";

/** How many messages a user sees first. */
export const screenful = 20;
