import {
  fromHex,
  groupId,
  systemRandomBytes,
  toHex,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { type Extension, extensionTypes } from "../../src/index.js";
import { immutableMetadataExtension } from "../../src/xmtp/group-data/immutable-metadata.js";
import { allMembers } from "../../src/xmtp/group-data/preset-permissions.js";
import {
  newReaddRequestExtensions,
  readImmutableMetadata,
  readMembership,
  readMutableMetadata,
  readPermissions,
} from "../../src/xmtp/index.js";
import { alix, dataOf } from "./real-group.js";

const group = groupId("44b6f0b080d70ea76851c5bdd15eb0da");
const readdRequest = { groupId: group, latestCommitSequenceId: 42n };

/** ONESHOT and the creator, before what the test appends. */
function oneshot(rest: string): Extension {
  const inbox = toHex(new TextEncoder().encode(alix));
  const message = `08041a40${inbox}${rest}`;
  const length = 0x4000 | (message.length / 2);
  const data = fromHex(`${length.toString(16)}${message}`);
  return { type: extensionTypes.immutableMetadata, data };
}

// Field 5, in it field 1, in it the group's id and the number.
const asked = oneshot(`2a160a140a10${group}102a`);

test("a request reads as it was written, byte by byte", () => {
  const metadata = readImmutableMetadata([asked]);
  expect(metadata).toEqual({
    kind: "oneshot",
    creatorInboxId: alix,
    readdRequest,
  });
  expect(toHex(immutableMetadataExtension(metadata).data)).toBe(
    toHex(asked.data),
  );
});

test("the largest number there is", () => {
  const latestCommitSequenceId = 2n ** 64n - 1n;
  const largest = { ...readdRequest, latestCommitSequenceId };
  const extensions = newReaddRequestExtensions(alix, largest, {
    randomBytes: systemRandomBytes,
  });
  expect(readImmutableMetadata(extensions).readdRequest).toEqual(largest);
});

test("a new one-shot group is one of XMTP's, with the request in it", () => {
  const extensions = newReaddRequestExtensions(alix, readdRequest, {
    randomBytes: systemRandomBytes,
  });
  expect(toHex(dataOf(extensions, extensionTypes.immutableMetadata))).toBe(
    toHex(asked.data),
  );
  expect(readMutableMetadata(extensions).superAdmins).toEqual([alix]);
  expect(readMembership(extensions).sequenceIds).toEqual(new Map([[alix, 0n]]));
  expect(readPermissions(extensions)).toEqual(allMembers);
});

test.each([
  ["nothing", ""],
  ["an empty message", "2a00"],
  ["a message of a kind that isn't known", "2a021200"],
  ["a group without an id", "2a040a02102a"],
  [
    "a group whose id is too long",
    `2a8802${`0a8502${`0a8202${"ab".repeat(258)}`}`}`,
  ],
])("a one-shot group that asks for %s asks for nothing", (_, rest) => {
  const metadata = readImmutableMetadata([oneshot(rest)]);
  expect(metadata).toEqual({ kind: "oneshot", creatorInboxId: alix });
});

test("every prefix is a typed error", () => {
  for (let length = 0; length < asked.data.length; length++) {
    const data = asked.data.subarray(0, length);
    expect(() => readImmutableMetadata([{ ...asked, data }])).toThrow(
      expect.objectContaining({ code: "invalid-group-data" }),
    );
  }
});
