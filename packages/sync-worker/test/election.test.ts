import { installationId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { afterAcknowledgement } from "../src/request/election.js";
import type {
  Acknowledgement,
  SyncRequest,
} from "../src/request/sync-request.js";

const [a, b, c] = ["aa", "bb", "cc"].map((byte) =>
  installationId(byte.repeat(32)),
) as [Said["by"], Said["by"], Said["by"]];
const takeoverMs = 1_000;

interface Said {
  readonly by: Acknowledgement["installation"];
  readonly atMs: number;
}

/** Returns the responder after acknowledgements in the order in which one installation reads them. */
function responderAfter(...said: readonly Said[]): Said["by"] | undefined {
  let request: Pick<SyncRequest, "acknowledgements" | "responder"> = {
    acknowledgements: [],
  };
  for (const { by, atMs } of said) {
    const acknowledgement = {
      installation: by,
      rank: 0,
      atNs: BigInt(atMs) * 1_000_000n,
      awaitingApproval: false,
    };
    const notes = afterAcknowledgement(
      request as SyncRequest,
      acknowledgement,
      takeoverMs,
    );
    request = { ...request, ...notes };
  }
  return request.responder?.installation;
}

test("the first acknowledgement has the turn, in whatever order the messages are read", () => {
  const [first, second, third] = [
    { by: b, atMs: 10 },
    { by: a, atMs: 11 },
    { by: c, atMs: 12 },
  ];
  for (const order of [
    [first, second, third],
    [first, third, second],
    [second, first, third],
    [second, third, first],
    [third, first, second],
    [third, second, first],
  ]) {
    expect(responderAfter(...order)).toBe(b);
  }
});

test("the lower id has the turn after two acknowledgements at the same time", () => {
  const [low, high] = [
    { by: a, atMs: 10 },
    { by: b, atMs: 10 },
  ];
  expect(responderAfter(low, high)).toBe(a);
  expect(responderAfter(high, low)).toBe(a);
});

test("a responder that is silent for too long loses its turn, also by messages that are read later", () => {
  const [old, next] = [
    { by: a, atMs: 0 },
    { by: b, atMs: 1_000 },
  ];
  expect(responderAfter(old, next)).toBe(b);
  expect(responderAfter(next, old)).toBe(b);
  expect(responderAfter(old, { by: b, atMs: 999 })).toBe(a);
});

test("signs of life keep the turn of who was first, and take no one else's", () => {
  const [first, sign] = [
    { by: a, atMs: 0 },
    { by: a, atMs: 900 },
  ];
  const second = { by: b, atMs: 1 };
  expect(responderAfter(first, sign, second)).toBe(a);
  expect(responderAfter(first, sign, { by: b, atMs: 1_800 })).toBe(a);
  expect(responderAfter(first, second, { by: b, atMs: 900 })).toBe(a);
});
