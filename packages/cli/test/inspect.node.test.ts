import { create } from "@bufbuild/protobuf";
import {
  ConversationTypeSave,
  GroupMessageSaveSchema,
  GroupSaveSchema,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { ArchiveManifestSchema } from "@history-sync/proto/history-sync";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { medium, tiny } from "./support/fixtures.js";
import { metadata, writeElements } from "./support/own-archive.js";
import { run, runHere } from "./support/run.js";

test("tiny in JSON", async () => {
  const args = ["inspect", tiny.path, "--key", tiny.keyHex, "--json"];
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    format: "xmtp-v0",
    bytes: 2208,
    metadata: {
      elements: ["messages", "consent"],
      exportedAtNs: "1795390984649905380",
      exportedAt: "2026-11-22T23:43:04.649Z",
      startNs: null,
      start: null,
      endNs: null,
      end: null,
      archiveId: null,
      installationId: null,
    },
    elementCounts: {
      metadata: 1,
      group: 2,
      groupMessage: 3,
      consent: 4,
      event: 0,
      hmacKey: 0,
      manifest: 0,
      unknown: 0,
    },
    conversations: [
      {
        id: "860112eaa428ce3c3f8621abc8e5e76f",
        name: "Tiny group",
        type: "group",
        messages: 1,
        oldestNs: "1795390984483144792",
        oldest: "2026-11-22T23:43:04.483Z",
        newestNs: "1795390984483144792",
        newest: "2026-11-22T23:43:04.483Z",
      },
      {
        id: "ed5977979a11d34db5492d17cc495736",
        name: null,
        type: "dm",
        messages: 2,
        oldestNs: "1795390984516751638",
        oldest: "2026-11-22T23:43:04.516Z",
        newestNs: "1795390984619088349",
        newest: "2026-11-22T23:43:04.619Z",
      },
    ],
    consent: {
      conversation: { allowed: 2, denied: 0, unknown: 0 },
      inbox: { allowed: 1, denied: 1, unknown: 0 },
    },
    hmacKey: false,
    manifest: null,
  });
});

test("medium for people", async () => {
  const args = ["inspect", medium.path, "--key", medium.keyHex];
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^format +xmtp-v0$/m);
  expect(stdout).toMatch(/^size +1,476,813 bytes$/m);
  expect(stdout).toMatch(
    /^elements +1 metadata, 22 group, 2,011 groupMessage, 24 consent$/m,
  );
  expect(stdout).toMatch(
    /^consent, conversation +20 allowed, 1 denied, 1 unk/m,
  );
  expect(stdout).toMatch(
    /^002199da79c8… {2}Group 16 🎉 +group +91 +2026-11-22T/m,
  );
  expect(stdout.trimEnd().split("\n")).toHaveLength(11 + 1 + 1 + 22);
});

test("inspect shows the elements that only our archives have, without control characters and keys", async () => {
  const folder = temporaryFolder();
  const path = folder.file("own.xmtp");
  const hmacKey = new Uint8Array(42).fill(0xa7);
  const groupId = new Uint8Array(16).fill(3);
  const lonelyId = new Uint8Array(16).fill(4);
  await writeElements(path, [
    metadata,
    {
      case: "group",
      value: create(GroupSaveSchema, {
        id: groupId,
        conversationType: ConversationTypeSave.GROUP,
        mutableMetadata: {
          attributes: { group_name: "\u001b[2Jevil\u202e\n\u009b name" },
        },
      }),
    },
    {
      case: "groupMessage",
      value: create(GroupMessageSaveSchema, {
        groupId: lonelyId,
        sentAtNs: 7n,
      }),
    },
    {
      case: "hmacKey",
      value: create(HmacKeySaveSchema, { key: hmacKey, cycledAtNs: 1n }),
    },
    {
      case: "manifest",
      value: create(ArchiveManifestSchema, {
        archiveId: new Uint8Array(16).fill(9),
        groups: 1,
        messages: 1,
        conversations: [{ groupId: lonelyId, messages: 1 }],
      }),
    },
  ]);
  const args = ["inspect", path, "--key", tiny.keyHex];

  const forPeople = (await runHere(args)).stdout;
  expect(forPeople).toContain("�[2Jevil��� name");
  expect(forPeople).toMatch(/^HMAC key +there$/m);
  expect(forPeople).toMatch(/^manifest +1 group, 1 groupMessage$/m);
  expect(forPeople).toMatch(/^after +1970-01-01T00:00:00.000Z {2}\(1 ns\)$/m);

  const inJson = (await runHere([...args, "--json"])).stdout;
  expect(inJson + forPeople).not.toMatch(/a7a7|p6en/);
  expect(JSON.parse(inJson)).toMatchObject({
    hmacKey: true,
    metadata: { exportedAt: "2023-11-14T22:13:20.123Z", startNs: "1" },
    conversations: [
      { id: "03".repeat(16), messages: 0, oldest: null, newestNs: null },
      { id: "04".repeat(16), name: null, type: null, oldestNs: "7" },
    ],
    manifest: {
      archiveId: "09".repeat(16),
      groups: 1,
      messages: 1,
      consent: 0,
      conversations: 1,
    },
  });
});
