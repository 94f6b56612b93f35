import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { xmtpMessageId } from "@history-sync/mls-group/xmtp";
import { fromHex, groupId, toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { DeviceSyncContentSchema } from "@history-sync/proto/device-sync";
import { PlaintextEnvelopeSchema } from "@history-sync/proto/message-contents";
import { expect, test } from "vitest";
import { SyncGroupError } from "../src/index.js";
import {
  unwrapContent,
  wrapContent,
} from "../src/messages/device-sync-message.js";
import { request } from "./actors.js";

const group = groupId("0123456789abcdef0123456789abcdef");
const prefix =
  "0a240a08786d74702e6f726712166170706c69636174696f6e2f782d70726f746f6275661801";

test("a message is wrapped as libxmtp wraps it, byte for byte", () => {
  const { plaintext } = wrapContent(request("zBjzV"), group, 123n);
  const envelope = fromBinary(PlaintextEnvelopeSchema, plaintext);
  const { content } = envelope;
  if (content.case !== "v1") throw new RangeError("V1 is written");
  const inner = toBinary(
    DeviceSyncContentSchema,
    create(DeviceSyncContentSchema, { content: request("zBjzV") }),
  );
  const length = inner.length.toString(16).padStart(2, "0");
  expect(toHex(content.value.content)).toBe(
    `${prefix}22${length}${toHex(inner)}`,
  );
  expect(content.value.idempotencyKey).toBe("123");
});

test("libxmtp's request is read", () => {
  const content = fromHex(
    "0a210a057a426a7a561212687474703a2f2f3132372e302e302e313a3922040a020201",
  );
  const encoded = fromHex(
    `${prefix}22${content.length.toString(16)}${toHex(content)}`,
  );
  const envelope = create(PlaintextEnvelopeSchema, {
    content: { case: "v1", value: { content: encoded, idempotencyKey: "1" } },
  });
  const read = unwrapContent(
    toBinary(PlaintextEnvelopeSchema, envelope),
    group,
  );
  expect(read.id).toBe(xmtpMessageId(group, "1", encoded));
  expect(read.content).toMatchObject({
    case: "request",
    value: {
      pin: "zBjzV",
      serverUrl: "http://127.0.0.1:9",
      options: { elements: [2, 1] },
    },
  });
});

test("anything else is a typed error", () => {
  const { plaintext } = wrapContent(request("1"), group, 1n);
  const random = unsafeSeededBytes(5);
  const v2 = fromHex("1205120331323300");
  const unknown = wrapped(fromHex("fa0100"));
  for (const bytes of [
    ...Array.from(plaintext, (_, length) => plaintext.slice(0, length)),
    ...Array.from({ length: 100 }, () => random(60)),
    v2,
    unknown,
  ]) {
    expect(() => unwrapContent(bytes, group)).toThrow(SyncGroupError);
  }
});

function wrapped(content: Uint8Array): Uint8Array {
  const encoded = fromHex(`${prefix}220${content.length}${toHex(content)}`);
  return toBinary(
    PlaintextEnvelopeSchema,
    create(PlaintextEnvelopeSchema, {
      content: { case: "v1", value: { content: encoded, idempotencyKey: "1" } },
    }),
  );
}
