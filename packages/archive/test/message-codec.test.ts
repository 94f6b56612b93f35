import { fromBinary, type UnknownField } from "@bufbuild/protobuf";
import { BackupElementSchema } from "@history-sync/proto/device-sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessageFrame } from "../src/element-decoder.js";
import { ElementEncoder } from "../src/element-encoder.js";
import { decodeElement, encodeElement } from "../src/index.js";
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
    shouldPush: fc.boolean(),
    $unknown: fc.constant<UnknownField[]>([
      { no: 2000, wireType: 2, data: Uint8Array.of(2, 7, 7) },
      { no: 17, wireType: 0, data: Uint8Array.of(1) },
    ]),
  },
  { requiredKeys: [] },
);

test("the fast decoder decodes messages as the generated code does", () => {
  fc.assert(
    fc.property(fields, (values) => {
      const value = sampleMessage(1, sampleGroup(1), values);
      const frame = encodeElement({ case: "groupMessage", value });
      const read = decodeElement(frame, { position: 0 });
      expect(read).toEqual({ case: "groupMessage", value });
      const quick = decodeMessageFrame(frame);
      const isUsual = !value.$unknown && value.shouldPush === undefined;
      expect(quick !== undefined).toBe(isUsual);
    }),
    { numRuns: 500 },
  );
});

test("the fast decoder and the generated code treat damaged messages alike", () => {
  const value = sampleMessage(1, sampleGroup(1), { sequenceId: 5n });
  const frame = encodeElement({ case: "groupMessage", value });
  const changes = fc.record({
    at: fc.nat({ max: frame.length - 1 }),
    byte: fc.nat({ max: 255 }),
    length: fc.integer({ min: 1, max: frame.length }),
  });
  fc.assert(
    fc.property(changes, ({ at, byte, length }) => {
      const damaged = frame.slice(0, length);
      damaged[at] = byte;
      const quick = decodeMessageFrame(damaged);
      if (quick) {
        const { element } = fromBinary(BackupElementSchema, damaged);
        expect(quick).toEqual(element.value);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("ElementEncoder writes the bytes of the generated code, message after message", () => {
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
