import { create, toBinary } from "@bufbuild/protobuf";
import type { MlsGroup } from "@history-sync/mls-group";
import {
  fromHex,
  groupId,
  installationId,
  nowNs,
  silent,
} from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import {
  EncodedContentSchema,
  PlaintextEnvelopeSchema,
} from "@history-sync/proto/message-contents";
import { expect, test } from "vitest";
import { wrapContent } from "../src/messages/device-sync-message.js";
import { readMessages } from "../src/messages/read-messages.js";
import { request } from "./actors.js";

const id = groupId("0123456789abcdef0123456789abcdef");
const clock = new ManualClock(1_700_000_000_000);
const daysNs = 24n * 60n * 60n * 1_000_000_000n;

type Received = Awaited<ReturnType<MlsGroup["received"]>>[number];

/** A group that has received these messages, so long ago. */
function groupWith(
  ...plaintexts: readonly (readonly [Uint8Array, agoNs: bigint])[]
) {
  const received = new Map<bigint, Received>();
  for (const [plaintext, agoNs] of plaintexts) {
    const sequence = BigInt(received.size + 1);
    received.set(sequence, {
      groupId: id,
      sequence,
      sender: installationId("11".repeat(32)),
      credential: new Uint8Array(),
      own: false,
      epoch: 2n,
      sentAtNs: nowNs(clock) - agoNs,
      plaintext,
    });
  }
  return {
    id,
    received: async () => [...received.values()],
    async markHandled(handled: readonly { readonly sequence: bigint }[]) {
      for (const { sequence } of handled) received.delete(sequence);
    },
    left: () => [...received.keys()],
  };
}

const known = wrapContent(request("1"), id, 1n).plaintext;
/** A device-sync message of a kind that isn't known here. */
const unknown = wrapped(fromHex("fa0700"));
const broken = fromHex("ff");
const empty = wrapped(new Uint8Array());
const ofEarlierProtocol = fromHex("1205120331323300");

test("a message has its sender, epoch and time", async () => {
  const group = groupWith([known, daysNs]);
  expect(await readMessages(group, { clock, log: silent })).toEqual([
    expect.objectContaining({
      groupId: id,
      sequence: 1n,
      sender: "11".repeat(32),
      epoch: 2n,
      sentAtNs: nowNs(clock) - daysNs,
      content: request("1"),
    }),
  ]);
});

test("a message that a later release may know is kept, a broken one is forgotten", async () => {
  const skipped: unknown[] = [];
  const group = groupWith(
    [unknown, 0n],
    [known, 0n],
    [broken, 0n],
    [empty, 0n],
    [ofEarlierProtocol, 0n],
  );
  const ports = {
    clock,
    log: (event: string, fields: unknown) => skipped.push([event, fields]),
  };
  for (let reads = 0; reads < 2; reads++) {
    expect(await readMessages(group, ports)).toHaveLength(1);
    expect(group.left()).toEqual([1n, 2n]);
  }
  expect(skipped).toEqual(
    [3n, 4n, 5n].map((sequence) => [
      "sync-message.skipped",
      { group: id, sequence },
    ]),
  );
});

test("messages of unknown kinds are kept for a limited time and in a limited number", async () => {
  const old = groupWith([unknown, 29n * daysNs], [unknown, 31n * daysNs]);
  await readMessages(old, { clock, log: silent });
  expect(old.left()).toEqual([1n]);

  const many = groupWith(
    ...Array.from({ length: 103 }, () => [unknown, 0n] as const),
  );
  await readMessages(many, { clock, log: silent });
  expect(many.left()).toHaveLength(100);
  expect(many.left()[0]).toBe(4n);
});

function wrapped(content: Uint8Array): Uint8Array {
  const encoded = toBinary(
    EncodedContentSchema,
    create(EncodedContentSchema, { content }),
  );
  return toBinary(
    PlaintextEnvelopeSchema,
    create(PlaintextEnvelopeSchema, {
      content: { case: "v1", value: { content: encoded, idempotencyKey: "1" } },
    }),
  );
}
