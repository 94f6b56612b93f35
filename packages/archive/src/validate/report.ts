import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { ArchiveManifest } from "@history-sync/proto/history-sync";
import type { SkipReason } from "../check-rows.js";

/**
 * The kinds of problems of an archive:
 * - `bad-frame`: a frame isn't an element, or is too large; nothing after it was read.
 * - `no-metadata`: the first frame isn't metadata, or there is none.
 * - `repeated-metadata`: there is more than one.
 * - `bad-row`: imports skip this row; `reason` says why.
 * - `unknown-conversation`: a message came without its conversation, or before it.
 * - `duplicate`: a conversation, a message, a consent record or the HMAC key comes more than once.
 * - `manifest-differs`: the archive contains something else than its manifest says.
 * - `no-manifest`: the metadata promises a manifest, and the archive ends without it.
 * - `after-manifest`: the manifest isn't the last frame.
 * - `too-many`: there are more conversations or consent records than are checked.
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

/** One problem of an archive. */
export interface Problem {
  readonly code: ProblemCode;
  /** The frame's number, from 0; undefined for a problem that shows only at the end. */
  readonly position?: number;
  /** The reason of a `bad-row`. */
  readonly reason?: SkipReason;
  /** A description for people, without content of the archive. */
  readonly message: string;
}

/** The problems of an archive, and the numbers of its elements. */
export interface ValidationReport {
  readonly valid: boolean;
  /** The first hundred problems, in order. */
  readonly problems: readonly Problem[];
  /** The number of all problems. */
  readonly problemCount: number;
  readonly frames: number;
  readonly groups: number;
  readonly messages: number;
  readonly consent: number;
  readonly hmacKeys: number;
  /** The number of elements of a kind that this version doesn't know, which is no problem. */
  readonly unknownElements: number;
  /** False if the archive has more messages than are remembered: the others weren't checked for duplicates. */
  readonly duplicatesChecked: boolean;
  readonly metadata: BackupMetadataSave | undefined;
  readonly manifest: ArchiveManifest | undefined;
}
