import { fromHex, inboxId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  decodeUpdate,
  encodeUpdate,
  foldLog,
  installationsOf,
  type LogEntry,
} from "../src/index.js";
import vector from "./vectors/libxmtp-log.json" with { type: "json" };

const id = inboxId(vector.inboxId);
const entries = vector.entries.map(
  ({ sequenceId, update }): LogEntry => ({
    sequenceId: BigInt(sequenceId),
    serverTimestampNs: 1n,
    update: fromHex(update),
  }),
);

test("libxmtp's log of an inbox has the installations that libxmtp says", async () => {
  const { state, sequenceId } = await foldLog(id, entries);
  expect(sequenceId).toBe(entries.at(-1)?.sequenceId);
  expect(installationsOf(state)).toEqual(vector.installations);
  expect([...state.revoked]).toEqual(vector.revoked);
});

test("the first of them is alone at the start", async () => {
  const atSequenceId = entries[0]?.sequenceId ?? 0n;
  const { state } = await foldLog(id, entries, { atSequenceId });
  expect(installationsOf(state)).toEqual(vector.installations.slice(0, 1));
});

test("libxmtp's updates are encoded as we would", () => {
  for (const { update } of entries) {
    expect(encodeUpdate(decodeUpdate(update))).toEqual(update);
  }
});
