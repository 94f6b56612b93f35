import { fromBinary, toBinary } from "@bufbuild/protobuf";
import real from "@history-sync/fixtures/libxmtp/sync-group-extensions.json" with {
  type: "json",
};
import {
  concatBytes,
  fromHex,
  groupId,
  inboxId,
  installationId,
  systemRandomBytes,
  toHex,
} from "@history-sync/primitives";
import {
  GroupMutableMetadataV1Schema,
  GroupMutablePermissionsV1Schema,
} from "@history-sync/proto/message-contents";
import { describe, expect, test } from "vitest";
import { type Extension, extensionTypes } from "../../src/index.js";
import {
  adminOnly,
  allMembers,
  applicationId,
  credentialOf,
  dmId,
  dmPermissions,
  inboxOf,
  isSyncGroupOf,
  metadataFields,
  newDmExtensions,
  newGroupExtensions,
  newSyncGroupExtensions,
  readImmutableMetadata,
  readMembership,
  readMutableMetadata,
  readPermissions,
  withAdmin,
  withMembership,
  withMetadata,
  withoutAdmin,
  withoutSuperAdmin,
  withPermissions,
  withSuperAdmin,
  xmtpMessageId,
} from "../../src/xmtp/index.js";
import { alix, bo, dataOf, realExtensions } from "./real-group.js";

const randomBytes = systemRandomBytes;

describe("the same bytes as libxmtp", () => {
  const inbox = inboxId(real.immutable.creatorInboxId);
  const signer = fromHex(real.mutable.attributes._commit_log_signer);
  const created = newSyncGroupExtensions(inbox, { randomBytes: () => signer });
  const lifted = withMembership(created, {
    sequenceIds: new Map([[inbox, 3n]]),
    failedInstallations: new Set(),
  });

  test("in its order, before and after the first commit", () => {
    expect(created.map(({ type }) => type)).toEqual([
      0xf000, 0xff00, 0xff01, 0xff02, 0x0003,
    ]);
    expect(lifted.map(({ type }) => `0x${type.toString(16)}`)).toEqual(
      real.extensionOrder,
    );
  });

  test("but for how maps are written", () => {
    expect(toHex(dataOf(lifted, extensionTypes.immutableMetadata))).toBe(
      real.rawHex.im,
    );
    expect(toHex(dataOf(lifted, extensionTypes.membership))).toBe(
      real.rawHex.ms,
    );
    const mutable = dataOf(lifted, extensionTypes.mutableMetadata);
    const realMutable = fromHex(real.rawHex.mm);
    expect(fromBinary(GroupMutableMetadataV1Schema, mutable)).toEqual(
      fromBinary(GroupMutableMetadataV1Schema, realMutable),
    );
    const permissions = dataOf(lifted, extensionTypes.permissions);
    const realPermissions = fromHex(real.rawHex.pp);
    expect(permissions.length).toBe(realPermissions.length);
    expect(fromBinary(GroupMutablePermissionsV1Schema, permissions)).toEqual(
      fromBinary(GroupMutablePermissionsV1Schema, realPermissions),
    );
  });

  test("required capabilities", () => {
    const { extensionTypes: extensions, proposalTypes } = real.required;
    const u16 = (values: readonly number[]) => [
      2 * values.length,
      ...values.flatMap((value) => [value >> 8, value & 255]),
    ];
    expect([...dataOf(created, extensionTypes.requiredCapabilities)]).toEqual([
      ...u16(extensions),
      ...u16(proposalTypes),
      ...u16(real.required.credentialTypes),
    ]);
  });

  test("the application id is the inbox id with its length before it", () => {
    const { type, data } = applicationId(inbox);
    expect(type).toBe(1);
    expect(toHex(data.subarray(0, 2))).toBe("4040");
    expect(new TextDecoder().decode(data.subarray(2))).toBe(inbox);
  });

  test("the id of a message", () => {
    expect(
      xmtpMessageId(
        groupId("44b6f0b080d70ea76851c5bdd15eb0da"),
        "1795393411219880596",
        fromHex("0a120a08786d74702e6f7267120474657874180122" + "0568656c6c6f"),
      ),
    ).toBe("e941b6c88e4573868690d4e9913a45bb39349adc19091dc06f565cc1cf2d2ad9");
  });
});

describe("reading", () => {
  const inbox = inboxId(real.immutable.creatorInboxId);

  test("libxmtp's own extensions", () => {
    expect(readImmutableMetadata(realExtensions)).toEqual({
      kind: "sync",
      creatorInboxId: inbox,
    });
    expect(readMembership(realExtensions)).toEqual({
      sequenceIds: new Map([[inbox, 3n]]),
      failedInstallations: new Set(),
    });
    expect(readMutableMetadata(realExtensions)).toEqual({
      attributes: new Map(Object.entries(real.mutable.attributes)),
      admins: [],
      superAdmins: [inbox],
    });
    expect(readPermissions(realExtensions)).toEqual(allMembers);
    expect(isSyncGroupOf(realExtensions, inbox)).toBe(true);
    expect(isSyncGroupOf(realExtensions, bo)).toBe(false);
    expect(isSyncGroupOf([], inbox)).toBe(false);
  });

  test("a new group has the given data", () => {
    const extensions = newGroupExtensions(alix, {
      randomBytes,
      name: "Friends",
      permissions: adminOnly,
    });
    expect(readImmutableMetadata(extensions).kind).toBe("group");
    const { attributes, superAdmins } = readMutableMetadata(extensions);
    expect(attributes.get(metadataFields.name)).toBe("Friends");
    expect(attributes.get(metadataFields.commitLogSigner)).toMatch(
      /^[0-9a-f]{64}$/,
    );
    expect(superAdmins).toEqual([alix]);
    expect(readPermissions(extensions)).toEqual(adminOnly);
    expect(readMembership(extensions).sequenceIds).toEqual(
      new Map([[alix, 0n]]),
    );
  });

  test("a new DM: two members, no admins, no app data", () => {
    const extensions = newDmExtensions(alix, bo, { randomBytes });
    expect(readImmutableMetadata(extensions)).toEqual({
      kind: "dm",
      creatorInboxId: alix,
      dmMembers: [alix, bo],
    });
    const { attributes, admins, superAdmins } = readMutableMetadata(extensions);
    expect([...admins, ...superAdmins]).toEqual([]);
    expect(attributes.has(metadataFields.appData)).toBe(false);
    expect(readPermissions(extensions)).toEqual(dmPermissions);
    expect(dmId(bo, alix)).toBe(`dm:${alix}:${bo}`);
    expect(dmId(alix, bo)).toBe(dmId(bo, alix));
  });

  test("the inbox of a credential, and of nothing else", () => {
    const credential = credentialOf(alix);
    expect(toHex(credential.subarray(0, 2))).toBe("0a40");
    expect(inboxOf(credential)).toBe(alix);
    for (let length = 0; length < credential.length; length++) {
      expect(inboxOf(credential.subarray(0, length))).toBeUndefined();
    }
    expect(inboxOf(fromHex("0a0261"))).toBeUndefined();
    expect(inboxOf(fromHex("0a0161"))).toBeUndefined();
    expect(
      inboxOf(fromHex(`0a40${"41".repeat(64)}`)),
      "an id in capitals",
    ).toBeUndefined();
  });

  const readers = {
    readImmutableMetadata,
    readMembership,
    readMutableMetadata,
    readPermissions,
  };
  test.each(Object.entries(readers))(
    "%s gives typed errors for every prefix and every changed byte",
    (_, read) => {
      expectTyped(() => read([]));
      expectTyped(() => read([...realExtensions, ...realExtensions]));
      for (const hostile of hostileVariants(realExtensions)) {
        expectTyped(() => read(hostile));
      }
    },
  );

  test.each([
    ["an unknown conversation type", "04" + "08091a00"],
    ["a DM without members", `4044${"0802"}1a40${"61".repeat(64)}`],
    ["a creator that is no inbox", "0408031a00"],
    ["more bytes than the vector says", "0008031a00"],
  ])("immutable metadata is refused with %s", (_, hex) => {
    const extension = { type: 0xf000, data: fromHex(hex) };
    expect(() => readImmutableMetadata([extension])).toThrow(
      expect.objectContaining({ code: "invalid-group-data" }),
    );
  });

  test("mutable metadata without a list of super admins is refused", () => {
    const extension = { type: 0xff00, data: fromHex("1200") };
    expect(() => readMutableMetadata([extension])).toThrow(
      expect.objectContaining({ code: "invalid-group-data" }),
    );
  });

  test("failed installations that are none are passed over", () => {
    const id = "11".repeat(32);
    const data = fromHex(`1201ff1220${id}`);
    expect(readMembership([{ type: 0xff01, data }])).toEqual({
      sequenceIds: new Map(),
      failedInstallations: new Set([installationId(id)]),
    });
  });
});

describe("changing", () => {
  const extensions = newGroupExtensions(alix, { randomBytes });

  test.each([
    ["withMetadata", withMetadata(extensions, metadataFields.name, "Friends")],
    ["withAdmin", withAdmin(extensions, bo)],
    ["withSuperAdmin", withSuperAdmin(extensions, bo)],
    ["withPermissions", withPermissions(extensions, adminOnly)],
    [
      "withMembership",
      withMembership(extensions, {
        sequenceIds: new Map([[alix, 7n]]),
        failedInstallations: new Set(),
      }),
    ],
  ])("%s moves the one to the end and leaves the others", (_, changed) => {
    const last = changed.at(-1);
    expect(changed.slice(0, -1)).toEqual(
      extensions.filter(({ type }) => type !== last?.type),
    );
    expect(last?.data).not.toEqual(dataOf(extensions, last?.type ?? 0));
  });

  test("an attribute is set, and removed", () => {
    const named = withMetadata(extensions, metadataFields.name, "Friends");
    const { attributes } = readMutableMetadata(named);
    expect(attributes.get(metadataFields.name)).toBe("Friends");
    const unnamed = withMetadata(named, metadataFields.name, undefined);
    expect(readMutableMetadata(unnamed).attributes.size).toBe(
      attributes.size - 1,
    );
  });

  test("an attribute may have as many bytes as XMTP accepts", () => {
    const long = "ü".repeat(50);
    const { attributes } = readMutableMetadata(
      withMetadata(extensions, metadataFields.name, long),
    );
    expect(attributes.get(metadataFields.name)).toBe(long);
    expect(() =>
      withMetadata(extensions, metadataFields.name, `${long}!`),
    ).toThrow(expect.objectContaining({ code: "invalid-group-data" }));
    expect(() =>
      newGroupExtensions(alix, { randomBytes, name: `${long}!` }),
    ).toThrow(expect.objectContaining({ code: "invalid-group-data" }));
  });

  test("admins come and go, once each", () => {
    const both = withAdmin(withAdmin(withSuperAdmin(extensions, bo), bo), bo);
    expect(readMutableMetadata(both)).toMatchObject({
      admins: [bo],
      superAdmins: [alix, bo],
    });
    const none = withoutSuperAdmin(withoutAdmin(both, bo), bo);
    expect(readMutableMetadata(none)).toMatchObject({
      admins: [],
      superAdmins: [alix],
    });
  });

  test("the same membership changes nothing, in whatever order it is written", () => {
    const written = (...inboxes: readonly string[]): Extension => ({
      type: extensionTypes.membership,
      data: concatBytes(
        ...inboxes.map((id) =>
          concatBytes(
            fromHex("0a440a40"),
            new TextEncoder().encode(id),
            fromHex("1002"),
          ),
        ),
      ),
    });
    const same = {
      sequenceIds: new Map([
        [alix, 2n],
        [bo, 2n],
      ]),
      failedInstallations: new Set([]),
    };
    for (const current of [[written(alix, bo)], [written(bo, alix)]]) {
      expect(withMembership(current, same)).toBe(current);
    }
  });

  test("fields of a later XMTP stay", () => {
    const later = extensions.map((extension) =>
      extension.type === extensionTypes.mutableMetadata
        ? { ...extension, data: concatBytes(extension.data, fromHex("fa0700")) }
        : extension,
    );
    const changed = withAdmin(later, bo);
    const metadata = fromBinary(
      GroupMutableMetadataV1Schema,
      dataOf(changed, extensionTypes.mutableMetadata),
    );
    expect(metadata.$unknown).toHaveLength(1);
    expect(toHex(toBinary(GroupMutableMetadataV1Schema, metadata))).toMatch(
      /fa0700$/,
    );
  });
});

function* hostileVariants(
  extensions: readonly Extension[],
): Generator<readonly Extension[]> {
  const variants = (data: Uint8Array): readonly Uint8Array[] => [
    ...Array.from(data, (_, length) => data.slice(0, length)),
    ...Array.from(data, (byte, i) => data.with(i, byte ^ 0xff)),
  ];
  const longest = Math.max(...extensions.map(({ data }) => data.length));
  const all = extensions.map(({ type, data }) => ({
    type,
    variants: variants(data),
  }));
  for (let i = 0; i < 2 * longest; i++) {
    yield all.map(({ type, variants }) => ({
      type,
      data: variants[i % variants.length] ?? new Uint8Array(),
    }));
  }
}

/** Whatever is thrown is ours; some changes still give something that can be read. */
function expectTyped(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid-group-data" });
  }
}
