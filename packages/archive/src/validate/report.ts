import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { ArchiveManifest } from "@history-sync/proto/history-sync";
import type { SkipReason } from "../check-rows.js";

/**
 * What is wrong with an archive:
 * - `bad-frame`: a frame is no element, or too large; nothing after it was read.
 * - `no-metadata`: the first frame isn't metadata, or there is none.
 * - `repeated-metadata`: there is more than one.
 * - `bad-row`: a row that imports skip; `reason` says why.
 * - `unknown-conversation`: a message came without its conversation, or before it.
 * - `duplicate`: a conversation, a message, a consent record or the HMAC key comes more than once.
 * - `manifest-differs`: the archive holds something else than its manifest says.
 * - `no-manifest`: the metadata promises a manifest, and the archive ends without it.
 * - `after-manifest`: the manifest isn't the last frame.
 * - `too-many`: more conversations or consent records than are checked.
 */
export type ProblemCode =
  | "bad-frame"
  | "no-metadata"
  | "repeated-metadata"
  | "bad-row"
  | "unknown-conversation"
  | "duplicate"
  | "manifest-differs"
  | "no-manifest"
  | "after-manifest"
  | "too-many";

export interface Problem {
  readonly code: ProblemCode;
  /** The frame, counted from 0; undefined for what shows at the end only. */
  readonly position?: number;
  /** Of a `bad-row`. */
  readonly reason?: SkipReason;
  /** For people; it names no content. */
  readonly message: string;
}

export interface ValidationReport {
  readonly valid: boolean;
  /** The first hundred, in order. */
  readonly problems: readonly Problem[];
  /** All of them. */
  readonly problemCount: number;
  readonly frames: number;
  readonly groups: number;
  readonly messages: number;
  readonly consent: number;
  readonly hmacKeys: number;
  /** Elements of a kind that this version doesn't know: no problem. */
  readonly unknownElements: number;
  /** False for an archive of more messages than are remembered: duplicates among the others weren't looked for. */
  readonly duplicatesChecked: boolean;
  readonly metadata: BackupMetadataSave | undefined;
  readonly manifest: ArchiveManifest | undefined;
}
