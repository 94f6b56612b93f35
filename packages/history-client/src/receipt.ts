import type { Connection } from "./connection.js";
import {
  deletionTokenHeader,
  expiresAtHeader,
  expiresInHeader,
  onceHeader,
} from "./contract/headers.js";
import type { NewUploadOptions, UploadReceipt } from "./options.js";

/** Returns the headers of an uploader's wishes for a new blob. */
export function wishHeaders(
  { uploadToken }: Connection,
  { expiresInMs, once }: NewUploadOptions,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (uploadToken !== undefined)
    headers.authorization = `Bearer ${uploadToken}`;
  if (expiresInMs !== undefined) {
    headers[expiresInHeader] = `${Math.max(1, Math.floor(expiresInMs / 1000))}`;
  }
  if (once) headers[onceHeader] = "1";
  return headers;
}

export function receiptOf(url: string, headers: Headers): UploadReceipt {
  const deletionToken = headers.get(deletionTokenHeader);
  const expiresAtMs = Date.parse(headers.get(expiresAtHeader) ?? "");
  return {
    url,
    ...(deletionToken !== null && { deletionToken }),
    ...(Number.isFinite(expiresAtMs) && { expiresAtMs }),
  };
}
