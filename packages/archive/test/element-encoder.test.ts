import type { UnknownField } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ElementEncoder } from "../src/element-encoder.js";
import { encodeElement } from "../src/index.js";
import { sampleGroup, sampleMessage } from "../src/testing/index.js";

const bytes = fc.uint8Array({ maxLength: 300 });
const int32 = fc.oneof(fc.constant(0), fc.integer());
const int64 = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const text = fc.string({ unit: "grapheme", maxLength: 200 });
const fields = fc.record(
  {
    id: bytes,
    groupId: bytes,
    decryptedMessageBytes: bytes,
    sentAtNs: int64,
    kind: int32,
    senderInstallationId: bytes,
    senderInboxId: text,
    deliveryStatus: int32,
    contentTypeSave: int32,
    versionMajor: int32,
    versionMinor: int32,
    authorityId: text,
    referenceId: bytes,
    sequenceId: int64,
    originatorId: int64,
    contentType: text,
    $unknown: fc.constant<UnknownField[]>([
      { no: 2000, wireType: 2, data: Uint8Array.of(2, 7, 7) },
      { no: 17, wireType: 0, data: Uint8Array.of(1) },
    ]),
  },
  { requiredKeys: [] },
);

test("one encoder writes the bytes of the generated code, message after message", () => {
  const encoder = new ElementEncoder();
  const group = sampleGroup(1);
  fc.assert(
    fc.property(fields, (values) => {
      const value = sampleMessage(1, group, values);
      const element = { case: "groupMessage", value } as const;
      expect(encoder.encode(element)).toEqual(encodeElement(element));
    }),
    { numRuns: 500 },
  );
  const other = { case: "group", value: group } as const;
  expect(encoder.encode(other)).toEqual(encodeElement(other));
});
