import { createHash } from "node:crypto";
import { historyServerClient } from "@history-sync/history-client";
import { chunksOf, streamOf } from "@history-sync/primitives";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { serve } from "../src/node/index.js";
import { liveMemory } from "./support/live-memory.js";

const pieces = 800;
const pieceBytes = 65_536;
const looks = 16;
const every = pieces / looks;

test("t11: 50 MB go through client, server and disk, there and back, and nobody holds them", async () => {
  const { path: folder } = temporaryFolder();
  await using server = await serve({ folder, port: 0 });
  const client = historyServerClient();
  const sent = createHash("sha256");
  const whileSent = liveMemory(looks);
  const pieceOf = (i: number) => {
    if (i % every === 0) whileSent.look();
    const piece = new Uint8Array(pieceBytes).fill(i);
    sent.update(piece);
    return piece;
  };
  const body = streamOf(
    (function* () {
      for (let i = 0; i < pieces; i++) yield pieceOf(i);
    })(),
  );
  const url = await client.upload(server.url, body);
  // Three pieces of 8 MiB: the one that is gathered, the one that was sent, and the copy that fetch made of it.
  expect(whileSent.heldBytes()).toBeLessThan(30_000_000);

  const received = createHash("sha256");
  const whileReceived = liveMemory(looks);
  let bytes = 0;
  let nextLook = 0;
  for await (const chunk of chunksOf(await client.download(url))) {
    received.update(chunk);
    bytes += chunk.length;
    if (bytes < nextLook) continue;
    whileReceived.look();
    nextLook += every * pieceBytes;
  }
  expect(bytes).toBe(pieces * pieceBytes);
  expect(received.digest("hex")).toBe(sent.digest("hex"));
  expect(whileReceived.heldBytes()).toBeLessThan(5_000_000);
});
