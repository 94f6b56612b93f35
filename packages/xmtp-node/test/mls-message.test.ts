import { concatBytes } from "@history-sync/primitives";
import { privateMessage, publicCommit } from "@history-sync/test-kit/mls-bytes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { XmtpNodeError } from "../src/errors.js";
import { readMlsMessage } from "../src/mls-message.js";

const groupId = Uint8Array.from({ length: 16 }, (_, i) => i);

describe("the head of an MLSMessage", () => {
  test.each([
    [1, false],
    [2, false],
    [3, true],
  ])("a private message of content type %i", (contentType, isCommit) => {
    const bytes = privateMessage(groupId, { contentType, bytes: 20_000 });
    expect(readMlsMessage(bytes)).toEqual({ groupId, epoch: 0n, isCommit });
  });

  test.each([
    ["a member", Uint8Array.of(1, 0, 0, 0, 7)],
    ["an external sender", Uint8Array.of(2, 0, 0, 0, 0)],
    ["somebody who joins", Uint8Array.of(4)],
  ])("a public commit by %s", (_, sender) => {
    const bytes = publicCommit(groupId, sender);
    expect(readMlsMessage(bytes)).toMatchObject({ groupId, isCommit: true });
  });

  test.each([
    ["another version", concatBytes(Uint8Array.of(0, 2), new Uint8Array(40))],
    ["a Welcome", Uint8Array.of(0, 1, 0, 3, 1, 2)],
    ["no group id", privateMessage(new Uint8Array())],
    ["a group id of 256 bytes", privateMessage(new Uint8Array(256))],
    ["an unknown content type", privateMessage(groupId, { contentType: 4 })],
    ["an unknown sender", publicCommit(groupId, Uint8Array.of(5))],
    [
      "bytes behind it",
      concatBytes(privateMessage(groupId), new Uint8Array(1)),
    ],
    ["a length that isn't the shortest", Uint8Array.of(0, 1, 0, 2, 0x40, 1, 1)],
    ["a length of 8 bytes", Uint8Array.of(0, 1, 0, 2, 0xc0)],
    ["nothing", new Uint8Array()],
  ])("refuses %s", (_, bytes) => {
    expect(() => readMlsMessage(bytes)).toThrow(
      expect.objectContaining({ code: "invalid-message" }),
    );
  });

  test("of a private message, every part is too little", () => {
    const bytes = privateMessage(groupId);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => readMlsMessage(bytes.subarray(0, end))).toThrow(
        XmtpNodeError,
      );
    }
  });

  test("whatever the bytes, it answers or throws its own error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (tail) => {
        for (const format of [1, 2]) {
          const bytes = concatBytes(Uint8Array.of(0, 1, 0, format), tail);
          try {
            expect(readMlsMessage(bytes).groupId.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(XmtpNodeError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
