import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { Agent, type ClientRequest, request } from "node:http";
import { text } from "node:stream/consumers";
import type { ServerProcess } from "./processes.ts";

const pieceBytes = 256 * 1024;
const atOnce = 16;

/** One body up and down, in MB/s. */
export async function largeBody(server: ServerProcess, bytes: number) {
  const agent = new Agent({ keepAlive: true });
  const upload = server.upload();
  let started = performance.now();
  const path = upload.blobPath(
    await put(
      server,
      agent,
      upload.method,
      upload.path,
      async (sending) => {
        const piece = randomBytes(pieceBytes);
        for (let left = bytes; left > 0; left -= piece.length) {
          const part = left < piece.length ? piece.subarray(0, left) : piece;
          if (!sending.write(part)) await once(sending, "drain");
        }
      },
      bytes,
    ),
  );
  const uploadMbPerS = megabytes(bytes, started);
  if (upload.unsynced !== undefined) await forceToDisk(upload.unsynced);
  const durableUploadMbPerS = megabytes(bytes, started);
  started = performance.now();
  await get(server, agent, path, bytes);
  const downloadMbPerS = megabytes(bytes, started);
  agent.destroy();
  return { uploadMbPerS, durableUploadMbPerS, downloadMbPerS };
}

/** Many bodies up and down, some at once, in requests a second. */
export async function smallBodies(
  server: ServerProcess,
  count: number,
  bytes: number,
) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const body = randomBytes(bytes);
  const paths: string[] = [];
  const each = async (work: (i: number) => Promise<void>) => {
    const started = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < count) await work(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return Math.round((count / (performance.now() - started)) * 1000);
  };
  const uploadsPerS = await each(async (i) => {
    const { method, path, blobPath } = server.upload();
    const send = async (sending: ClientRequest) => {
      sending.write(body);
    };
    paths[i] = blobPath(await put(server, agent, method, path, send, bytes));
  });
  const downloadsPerS = await each((i) =>
    get(server, agent, paths[i] ?? "", bytes),
  );
  agent.destroy();
  return { uploadsPerS, downloadsPerS };
}

async function put(
  { port }: ServerProcess,
  agent: Agent,
  method: string,
  path: string,
  send: (sending: ClientRequest) => Promise<void>,
  bytes: number,
): Promise<string> {
  const headers = { "content-length": bytes };
  const sending = request({
    port,
    host: "127.0.0.1",
    agent,
    method,
    path,
    headers,
  });
  const answered = once(sending, "response");
  await send(sending);
  sending.end();
  const [response] = await answered;
  if (response.statusCode >= 300) {
    throw new RangeError(`expected 2xx, got ${response.statusCode}`);
  }
  return await text(response);
}

async function get(
  { port }: ServerProcess,
  agent: Agent,
  path: string,
  bytes: number,
): Promise<void> {
  const asking = request({ port, host: "127.0.0.1", agent, path }).end();
  const [response] = await once(asking, "response");
  let received = 0;
  for await (const chunk of response) received += chunk.length;
  if (received !== bytes) {
    throw new RangeError(`expected ${bytes} bytes, got ${received}`);
  }
}

async function forceToDisk(file: string): Promise<void> {
  const handle = await open(file, "r+");
  await handle.sync();
  await handle.close();
}

function megabytes(bytes: number, startedMs: number): number {
  return Math.round(bytes / 1000 / (performance.now() - startedMs));
}
