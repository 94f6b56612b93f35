import type { BlobInfo, ByteRange } from "./blob-store.js";

const corsMaxAgeSeconds = 3600;

// No cookies and no credentials exist here, so any origin may call; ids are the only rights.
const everyAnswer: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** A whole answer of a line of text, or of nothing. */
export function answer(
  status: number,
  text = "",
  headers: Readonly<Record<string, string>> = {},
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

export function preflightAnswer(allow: string): Response {
  return answer(204, "", {
    allow,
    "access-control-allow-methods": allow,
    "access-control-allow-headers": "*",
    "access-control-max-age": `${corsMaxAgeSeconds}`,
  });
}

/** A blob, or a part of it; `body` is null for HEAD. */
export function blobAnswer(
  { size }: BlobInfo,
  range: ByteRange | undefined,
  body: ReadableStream<Uint8Array> | null,
): Response {
  const { start, end } = range ?? { start: 0, end: size };
  const headers: Record<string, string> = {
    ...everyAnswer,
    "content-type": "application/octet-stream",
    "content-length": `${end - start}`,
    "accept-ranges": "bytes",
  };
  if (range) headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>> | null, {
    status: range ? 206 : 200,
    headers,
  });
}
