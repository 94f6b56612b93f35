import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { readAll } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { requestBody } from "../src/node/request-body.js";

/** A POST by hand: the received request, and its connection. */
async function posting(
  head: string,
): Promise<AsyncDisposable & { incoming: IncomingMessage; socket: Socket }> {
  const server = createServer();
  await new Promise<void>((listening) =>
    server.listen(0, "127.0.0.1", listening),
  );
  const came = new Promise<IncomingMessage>((resolve) =>
    server.once("request", resolve),
  );
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
  return {
    incoming: await came,
    socket,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

test("the bytes of the socket arrive whole, at readers with buffers and without", async () => {
  for (const mode of [undefined, "byob"] as const) {
    await using exchange = await posting("content-length: 300000");
    const body = requestBody(exchange.incoming);
    exchange.socket.write("x".repeat(300_000));
    const text = mode ? await textByBuffers(body) : await readAll(body);
    expect(text.length).toBe(300_000);
    expect(text.every((byte) => byte === "x".charCodeAt(0))).toBe(true);
  }
});

test("an empty body ends", async () => {
  await using exchange = await posting("content-length: 0");
  expect(await readAll(requestBody(exchange.incoming))).toHaveLength(0);
});

test("a connection that goes in the middle fails the body", async () => {
  await using exchange = await posting("content-length: 10");
  const reading = readAll(requestBody(exchange.incoming));
  exchange.socket.write("12345", () => exchange.socket.destroy());
  await expect(reading).rejects.toThrow();
});

test("a body that isn't read takes in no more than its limit", async () => {
  await using exchange = await posting("content-length: 64000000");
  const body = requestBody(exchange.incoming);
  exchange.socket.write(new Uint8Array(64_000_000));
  await new Promise<void>((resolve) =>
    exchange.incoming.once("pause", resolve),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(exchange.incoming.socket.bytesRead).toBeLessThan(1_000_000);
  expect((await readAll(body)).length).toBe(64_000_000);
});

test("a cancelled body leaves the connection open, and the rest unread", async () => {
  await using exchange = await posting("content-length: 1000000");
  await requestBody(exchange.incoming).cancel();
  exchange.socket.write(new Uint8Array(1_000_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(exchange.incoming.destroyed).toBe(false);
  expect(exchange.incoming.complete).toBe(false);
});

async function textByBuffers(
  body: ReadableStream<Uint8Array>,
): Promise<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let bytes = new Uint8Array(400_000);
  let filled = 0;
  while (true) {
    const { done, value } = await reader.read(bytes.subarray(filled));
    bytes = new Uint8Array(value?.buffer ?? new ArrayBuffer());
    if (done) return bytes.subarray(0, filled);
    filled += value.length;
  }
}
