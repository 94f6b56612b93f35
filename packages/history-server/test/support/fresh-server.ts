import { streamOf } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import {
  type BlobStore,
  type HistoryServerHandler,
  type HistoryServerOptions,
  historyServer,
} from "../../src/index.js";
import { memoryBlobStore } from "../../src/memory.js";

export const base = "https://history.example.org";

export interface FreshServer {
  readonly handle: HistoryServerHandler;
  readonly blobs: BlobStore;
  readonly clock: ManualClock;
  readonly events: string[];
  /** Uploads bytes and gives the answer's text, which is the id. */
  upload(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** A server in memory with a clock that the test moves. */
export function freshServer(
  options: Partial<HistoryServerOptions> = {},
): FreshServer {
  const clock = new ManualClock();
  const blobs = memoryBlobStore({ clock });
  const events: string[] = [];
  const handle = historyServer({
    blobs,
    clock,
    log: (event, fields) => events.push(`${event} ${JSON.stringify(fields)}`),
    ...options,
  });
  const get = (path: string, init?: RequestInit) =>
    handle(new Request(base + path, init));
  return {
    handle,
    blobs,
    clock,
    events,
    get,
    async upload(bytes) {
      const answer = await get("/upload", { method: "POST", body: bytes });
      return await answer.text();
    },
  };
}

/** A POST with a body in pieces, without a length. */
export function streamedPost(chunks: Iterable<Uint8Array>): RequestInit {
  return {
    method: "POST",
    body: streamOf(chunks),
    duplex: "half",
  } as RequestInit;
}
