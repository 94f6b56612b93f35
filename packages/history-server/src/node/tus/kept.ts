import { Metadata, type Upload } from "@tus/server";
import type { BlobLabel } from "../../blob-store.js";
import { HistoryServerError } from "../../errors.js";
import type { NewUpload } from "../../resumable-uploads.js";

/** The facts that an upload's metadata hold until it is a blob. */
export interface Kept {
  readonly label: BlobLabel;
  readonly maxBytes: number;
  readonly isPart: boolean;
  readonly uploader?: string | undefined;
}

export function metadataOf(upload: NewUpload): Record<string, string> {
  const { label, maxBytes, isPart, uploader } = upload;
  const kept: Kept = { label, maxBytes, isPart, uploader };
  return { kept: JSON.stringify(kept) };
}

export function keptIn({ metadata }: Pick<Upload, "metadata">): Kept {
  const text = metadata?.kept;
  if (typeof text !== "string") throw damaged();
  return JSON.parse(text) as Kept;
}

/** Reads the facts in the tus server's `upload-metadata`, where it has one. */
export function keptInHeader(header: string | null): Kept | undefined {
  return header === null
    ? undefined
    : keptIn({ metadata: Metadata.parse(header) });
}

export function damaged(): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    "an unfinished upload without what was noted when it began",
  );
}

export interface TusError {
  readonly status_code: number;
  readonly body: string;
}

/** `@tus/server` throws plain objects with a status. */
export function ifAbsent(error: unknown): undefined {
  const status = (error as Partial<TusError>).status_code;
  if (status === 404 || status === 410) return undefined;
  throw error;
}
