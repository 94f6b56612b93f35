import { fromHex, groupId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  unwrapMessage,
  wrapMessage,
  xmtpMessageId,
} from "../../src/xmtp/index.js";

const group = groupId("44b6f0b080d70ea76851c5bdd15eb0da");
const content = fromHex("0a0568656c6c6f");

test("unwrapMessage returns the wrapped content, under the id by sender, group and time", () => {
  const { id, plaintext } = wrapMessage(content, group, 5n);
  expect(id).toBe(xmtpMessageId(group, "5", content));
  expect(unwrapMessage(plaintext, group)).toEqual({ id, content });
  // PlaintextEnvelope { v1: 1 { content: 1, idempotency_key: 2 } }
  expect(plaintext).toEqual(fromHex("0a0c0a070a0568656c6c6f120135"));
  expect(wrapMessage(content, group, 6n).id).not.toBe(id);
});

test("whatever else comes is no message", () => {
  const { plaintext } = wrapMessage(content, group, 5n);
  const others = [
    new Uint8Array(),
    Uint8Array.of(255, 255),
    // A V2 envelope, as old device sync had.
    fromHex("12020a00"),
    ...Array.from({ length: plaintext.length - 1 }, (_, i) =>
      plaintext.subarray(0, i + 1),
    ),
  ];
  for (const bytes of others)
    expect(unwrapMessage(bytes, group)).toBeUndefined();
});
