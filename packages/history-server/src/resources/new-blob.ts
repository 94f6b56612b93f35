import { newSha256 } from "#sha256";
import { newBlobId } from "../blob-id.js";
import type { Context } from "../context.js";
import { type DeletionToken, newDeletionToken } from "../deletion-token.js";
import { checkUploadToken } from "../guard/upload-token.js";
import {
  bearerToken,
  concatHeader,
  deletionTokenHeader,
  expiresAtHeader,
  wantedTtlMs,
  wantsOnce,
} from "../headers.js";
import type { NewUpload } from "../resumable-uploads.js";

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
  const deletion = await newDeletionToken(randomBytes);
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
    uploader: granted && token !== undefined ? hashOf(token) : undefined,
  };
}

function hashOf(token: string): string {
  const hash = newSha256();
  hash.update(new TextEncoder().encode(token));
  return hash.digest();
}

/** What only the uploader is told. */
export function receiptHeaders({
  label,
  deletion,
}: Admitted): Record<string, string> {
  return {
    [deletionTokenHeader]: deletion.token,
    [expiresAtHeader]: new Date(label.expiresAtMs).toISOString(),
  };
}
