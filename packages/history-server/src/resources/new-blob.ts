import {
  deletionTokenHeader,
  expiresAtHeader,
} from "@history-sync/history-client/contract";
import { newBlobId } from "../blob-id.js";
import type { Context } from "../context.js";
import { type DeletionToken, newDeletionToken } from "../deletion-token.js";
import { checkUploadToken } from "../guard/upload-token.js";
import {
  bearerToken,
  concatHeader,
  wantedTtlMs,
  wantsOnce,
} from "../headers.js";
import type { NewUpload } from "../resumable-uploads.js";
import { sha256OfText } from "../sha256-of-text.js";

export interface Admitted extends NewUpload {
  readonly deletion: DeletionToken;
}

/** Checks an uploader's token and wishes, and names the blob that is to be. */
export async function admitted(
  { headers }: Request,
  context: Context,
): Promise<Admitted> {
  const { uploadTokenSecret, randomBytes, clock, ttlMs } = context;
  const token = bearerToken(headers);
  const granted = uploadTokenSecret
    ? await checkUploadToken(uploadTokenSecret, token, clock)
    : undefined;
  const id = newBlobId(randomBytes);
  const deletion = newDeletionToken(randomBytes);
  return {
    id,
    maxBytes: Math.min(
      context.maxBytes,
      granted?.maxBytes ?? Number.POSITIVE_INFINITY,
    ),
    label: {
      expiresAtMs: clock.nowMs() + wantedTtlMs(headers, ttlMs),
      deletionTokenHash: deletion.hash,
      once: wantsOnce(headers),
    },
    deletion,
    isPart: headers.get(concatHeader) === "partial",
    uploader: granted && token !== undefined ? sha256OfText(token) : undefined,
  };
}

/** Returns the headers for the uploader alone. */
export function receiptHeaders({
  label,
  deletion,
}: Admitted): Record<string, string> {
  return {
    [deletionTokenHeader]: deletion.token,
    [expiresAtHeader]: new Date(label.expiresAtMs).toISOString(),
  };
}
