import { newSha256 } from "#sha256";

const blobId = "0123456789abcdef0123456789abcdef";

export interface FakeTus {
  readonly fetch: typeof fetch;
  /** Method and path of every request, with the offset of pieces. */
  readonly seen: string[];
  stored(): Uint8Array;
}

/** Decides how a request fails; undefined: it succeeds. */
export type Mishap = (request: Request, count: number) => MishapKind;
type MishapKind =
  | undefined
  | "no connection"
  /** The piece arrives, its answer doesn't. */
  | "answer lost"
  | { readonly status: number };

/** A server of one upload in pieces, as little as the protocol allows, that runs in browsers. */
export function fakeTus(mishap: Mishap = () => undefined): FakeTus {
  let stored = new Uint8Array();
  let length: number | undefined;
  const seen: string[] = [];

  const answerTo = async (request: Request): Promise<Response> => {
    const { method, headers } = request;
    const path = new URL(request.url).pathname;
    if (path === "/tus" && method === "POST") {
      return answer(201, { location: `tus/${blobId}` });
    }
    if (method === "PATCH") {
      if (Number(headers.get("upload-offset")) !== stored.length) {
        return answer(409, {});
      }
      const told = headers.get("upload-length");
      if (told !== null && length !== undefined) return answer(400, {});
      if (told !== null) length = Number(told);
      stored = joined(stored, new Uint8Array(await request.arrayBuffer()));
    }
    const position: Record<string, string> = {
      "upload-offset": `${stored.length}`,
    };
    if (length !== undefined) position["upload-length"] = `${length}`;
    if (stored.length === length) position.etag = etagOf(stored);
    return answer(method === "PATCH" ? 204 : 200, position);
  };

  return {
    seen,
    stored: () => stored,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      const offset = request.headers.get("upload-offset");
      const at = offset === null ? "" : ` ${offset}`;
      seen.push(`${request.method} ${pathname.split("/")[1]}${at}`);
      const kind = mishap(request, seen.length);
      if (kind === "no connection") throw new TypeError("Failed to fetch");
      if (typeof kind === "object") return answer(kind.status, {});
      const response = await answerTo(request);
      if (kind === "answer lost") throw new TypeError("Failed to fetch");
      return response;
    },
  };
}

export function etagOf(bytes: Uint8Array): string {
  const hash = newSha256();
  hash.update(bytes);
  return `"${hash.digest()}"`;
}

function answer(status: number, headers: Record<string, string>): Response {
  return new Response(null, {
    status,
    headers: { "tus-resumable": "1.0.0", ...headers },
  });
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
