import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import real from "@history-sync/fixtures/libxmtp/sync-group-extensions.json" with {
  type: "json",
};
import { extensionTypes } from "@history-sync/mls-group";
import {
  fromHex,
  groupId,
  inboxId,
  systemRandomBytes,
  toHex,
} from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { DeviceSyncContentSchema } from "@history-sync/proto/device-sync";
import {
  GroupMutableMetadataV1Schema,
  GroupMutablePermissionsV1Schema,
  PlaintextEnvelopeSchema,
} from "@history-sync/proto/message-contents";
import { expect, test } from "vitest";
import {
  syncMessageId,
  unwrapContent,
  wrapContent,
} from "../src/device-sync-message.js";
import {
  applicationId,
  isSyncGroupOf,
  newSyncGroupExtensions,
  sequenceIdIn,
  withMembership,
} from "../src/group-extensions.js";
import { SyncGroupError } from "../src/index.js";
import { request } from "./actors.js";

// Made by real libxmtp 1.10.0.
const inbox = inboxId(real.immutable.creatorInboxId);
const signer = fromHex(real.mutable.attributes._commit_log_signer);
const madeLikeReal = withMembership(
  newSyncGroupExtensions(inbox, () => signer),
  { inboxId: inbox, sequenceId: 3n, failed: [] },
);
const dataOf = (type: number) =>
  madeLikeReal.find((extension) => extension.type === type)?.data ??
  new Uint8Array();

test("a new sync group's extensions stand in libxmtp's order, before and after the first commit", () => {
  expect(
    newSyncGroupExtensions(inbox, systemRandomBytes).map(({ type }) => type),
  ).toEqual([0xf000, 0xff00, 0xff01, 0xff02, 0x0003]);
  expect(madeLikeReal.map(({ type }) => `0x${type.toString(16)}`)).toEqual(
    real.extensionOrder,
  );
});

test("their bytes are libxmtp's, but for how maps are written", () => {
  expect(toHex(dataOf(extensionTypes.immutableMetadata))).toBe(real.rawHex.im);
  expect(toHex(dataOf(extensionTypes.membership))).toBe(real.rawHex.ms);
  const mutable = dataOf(extensionTypes.mutableMetadata);
  const realMutable = fromHex(real.rawHex.mm);
  expect(fromBinary(GroupMutableMetadataV1Schema, mutable)).toEqual(
    fromBinary(GroupMutableMetadataV1Schema, realMutable),
  );
  const permissions = dataOf(extensionTypes.permissions);
  const realPermissions = fromHex(real.rawHex.pp);
  expect(permissions.length).toBe(realPermissions.length);
  expect(fromBinary(GroupMutablePermissionsV1Schema, permissions)).toEqual(
    fromBinary(GroupMutablePermissionsV1Schema, realPermissions),
  );
});

test("required capabilities name what libxmtp's do", () => {
  const { extensionTypes: extensions, proposalTypes } = real.required;
  const u16 = (values: readonly number[]) => [
    2 * values.length,
    ...values.flatMap((value) => [value >> 8, value & 255]),
  ];
  expect([...dataOf(extensionTypes.requiredCapabilities)]).toEqual([
    ...u16(extensions),
    ...u16(proposalTypes),
    ...u16(real.required.credentialTypes),
  ]);
});

test("libxmtp's extensions are read", () => {
  const extensions = [
    { type: 0xf000, data: fromHex(real.rawHex.im) },
    { type: 0xff01, data: fromHex(real.rawHex.ms) },
  ];
  expect(isSyncGroupOf(extensions, inbox)).toBe(true);
  expect(isSyncGroupOf(extensions, inboxId("00".repeat(32)))).toBe(false);
  expect(isSyncGroupOf([], inbox)).toBe(false);
  expect(sequenceIdIn(extensions, inbox)).toBe(3n);
});

test("broken extensions make no sync group", () => {
  const good = fromHex(real.rawHex.im);
  for (let length = 0; length < good.length; length++) {
    const extensions = [{ type: 0xf000, data: good.slice(0, length) }];
    expect(isSyncGroupOf(extensions, inbox)).toBe(false);
  }
});

test("the application id is the inbox id with its length before it", () => {
  const { type, data } = applicationId(inbox);
  expect(type).toBe(1);
  expect(toHex(data.subarray(0, 2))).toBe("4040");
  expect(new TextDecoder().decode(data.subarray(2))).toBe(inbox);
});

test("a message has libxmtp's id", () => {
  expect(
    syncMessageId(
      groupId("44b6f0b080d70ea76851c5bdd15eb0da"),
      "1795393411219880596",
      fromHex("0a120a08786d74702e6f7267120474657874180122" + "0568656c6c6f"),
    ),
  ).toBe("e941b6c88e4573868690d4e9913a45bb39349adc19091dc06f565cc1cf2d2ad9");
});

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
  expect(read.id).toBe(syncMessageId(group, "1", encoded));
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
