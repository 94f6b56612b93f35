import { etagOf, expiresAtHeader } from "@history-sync/history-client/contract";
import type { BlobInfo, ByteRange } from "./blob-store.js";

const corsMaxAgeSeconds = 3600;

type HeaderFields = Readonly<Record<string, string>>;

// No cookies and no credentials of a browser exist here, so any origin may call; ids and tokens are the only rights.
const everyAnswer: HeaderFields = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** A whole answer of a line of text, or of nothing. */
export function answer(
  status: number,
  text = "",
  headers: HeaderFields = {},
): Response {
  const bytes = new TextEncoder().encode(text);
  const bodyHeaders: Record<string, string> =
    bytes.length > 0
      ? {
          "content-type": "text/plain; charset=utf-8",
          "content-length": `${bytes.length}`,
        }
      : {};
  return new Response(bytes.length > 0 ? bytes : null, {
    status,
    headers: { ...everyAnswer, ...bodyHeaders, ...headers },
  });
}

/** Returns the headers of a preflight's answer. The asterisk of the allowed headers excludes `authorization`, so it is named. */
export function preflightHeaders(allow: string): HeaderFields {
  return {
    allow,
    "access-control-allow-methods": allow,
    "access-control-allow-headers": "authorization, *",
    "access-control-max-age": `${corsMaxAgeSeconds}`,
  };
}

/** Another library's answer with the headers of ours. */
export function withOurHeaders(
  response: Response,
  headers: HeaderFields,
): Response {
  for (const [name, value] of Object.entries({ ...everyAnswer, ...headers })) {
    response.headers.set(name, value);
  }
  return response;
}

/** A blob, or a part of it; `body` is null for HEAD. */
export function blobAnswer(
  info: BlobInfo,
  range: ByteRange | undefined,
  body: ReadableStream<Uint8Array> | null,
): Response {
  const { start, end } = range ?? { start: 0, end: info.size };
  const headers: Record<string, string> = {
    ...everyAnswer,
    ...validatorHeaders(info),
    "content-type": "application/octet-stream",
    "content-length": `${end - start}`,
    "accept-ranges": "bytes",
  };
  if (range)
    headers["content-range"] = `bytes ${start}-${end - 1}/${info.size}`;
  return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>> | null, {
    status: range ? 206 : 200,
    headers,
  });
}

/** The blob is the one that the requester has. */
export function notModified(info: BlobInfo): Response {
  return answer(304, "", validatorHeaders(info));
}

function validatorHeaders(info: BlobInfo): HeaderFields {
  return {
    etag: etagOf(info.sha256),
    [expiresAtHeader]: new Date(info.expiresAtMs).toISOString(),
  };
}
