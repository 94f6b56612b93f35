import { create } from "@bufbuild/protobuf";
import { installationId } from "@history-sync/primitives";
import {
  ArchiveOptionsSchema,
  BackupMetadataSaveSchema,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import {
  SealedArchiveSchema,
  SyncReceiptSchema,
} from "@history-sync/proto/history-sync";
import { describe, expect, test } from "vitest";
import type { RequestStore } from "../request/request-store.js";
import type {
  AvailableArchive,
  Stage,
  SyncRequest,
} from "../request/sync-request.js";

/** Tests every RequestStore. `open` gives an empty store; `reopen` the same one as after a restart. */
export function requestStoreContract(
  name: string,
  open: () => Promise<{
    readonly store: RequestStore;
    readonly reopen: () => Promise<RequestStore>;
  }>,
): void {
  describe(`RequestStore: ${name}`, () => {
    const archive = {
      url: "http://127.0.0.1:5558/files/abc",
      key: new Uint8Array(32).fill(7),
    };
    const metadata = create(BackupMetadataSaveSchema, { exportedAtNs: 9n });
    const sealed = create(SealedArchiveSchema, {
      headerSha256: Uint8Array.of(3),
      pages: [{ length: 4, sha256: Uint8Array.of(5) }],
    });
    const by = installationId("cd".repeat(32));
    const upload = { url: archive.url, deletionToken: "t", expiresAtNs: 8n };
    const receipt = create(SyncReceiptSchema, {
      requestId: "zBjzV",
      complete: true,
      expected: 2,
      present: 2,
      conversations: [{ groupId: Uint8Array.of(1), expected: 2, present: 2 }],
    });
    const stages: readonly Stage[] = [
      { name: "unsent" },
      { name: "requested" },
      {
        name: "importing",
        archive: { ...archive, metadata, sealed, expiresAtNs: 7n },
        by,
      },
      { name: "imported", receipt, by },
      { name: "acknowledging" },
      { name: "standing-by", untilNs: 6n },
      { name: "awaiting-approval" },
      { name: "preparing" },
      { name: "preparing", begun: { ...upload, uploadUrl: "u" } },
      {
        name: "preparing",
        begun: upload,
        spooled: {
          id: "0123456789abcdef0123456789abcdef",
          bytes: 2 ** 40,
          archive: { key: archive.key, metadata, sealed },
        },
      },
      { name: "uploaded", archive, upload: { url: archive.url } },
      { name: "replied", upload },
      { name: "answered", by },
      { name: "receipted", receipt },
      { name: "declined", reason: "too-many", by, notified: true },
      { name: "declined", reason: "user", by, message: "No", notified: false },
      { name: "cancelled", notified: false },
      { name: "failed", reason: "too-large" },
      { name: "expired" },
    ];

    test("every stage comes back as it was put, after a restart too", async () => {
      const { store, reopen } = await open();
      for (const [i, stage] of stages.entries()) {
        await store.put(request(`r${i}`, stage));
      }
      const reopened = await reopen();
      for (const [i, stage] of stages.entries()) {
        expect(await reopened.get(`r${i}`)).toEqual(request(`r${i}`, stage));
      }
      expect(await reopened.get("unknown")).toBeUndefined();
    });

    test("a later stage replaces the earlier one", async () => {
      const { store } = await open();
      await store.put(request("r", { name: "importing", archive, by }));
      await store.put(request("r", { name: "expired" }));
      expect(await store.list()).toEqual([request("r", { name: "expired" })]);
    });

    test("what is removed is gone", async () => {
      const { store, reopen } = await open();
      await store.put(request("r", { name: "importing", archive, by }));
      await store.remove("r");
      await store.remove("unknown");
      expect(await store.list()).toEqual([]);
      expect(await (await reopen()).list()).toEqual([]);
    });

    test("archives stay until they are removed, oldest first", async () => {
      const { store, reopen } = await open();
      const available = (id: string, sentAtNs: bigint): AvailableArchive => ({
        id,
        pin: "zBjzV",
        sender: by,
        sentAtNs,
        archive: { ...archive, metadata, sealed },
      });
      await store.archives.put(available("b", 2n));
      await store.archives.put(available("a", 2n));
      await store.archives.put(available("c", 1n));
      const { archives } = await reopen();
      expect(await archives.list()).toEqual([
        available("c", 1n),
        available("a", 2n),
        available("b", 2n),
      ]);
      await archives.remove("a");
      await archives.remove("unknown");
      expect((await archives.list()).map(({ id }) => id)).toEqual(["c", "b"]);
    });

    test("preferences wait in the order of their ids until they are removed", async () => {
      const { store, reopen } = await open();
      const unsent = (id: string) => ({
        id,
        updates: create(PreferenceUpdatesSchema, {
          updates: [
            { update: { case: "hmac", value: { key: Uint8Array.of(4) } } },
          ],
        }),
      });
      await store.outbox.put(unsent("2"));
      await store.outbox.put(unsent("1"));
      const { outbox } = await reopen();
      expect(await outbox.list()).toEqual([unsent("1"), unsent("2")]);
      await outbox.remove("1");
      expect(await outbox.list()).toEqual([unsent("2")]);
    });

    test("the audience of the HMAC key is known, or isn't", async () => {
      const { store, reopen } = await open();
      expect(await store.outbox.keyAudience()).toBeUndefined();
      await store.outbox.setKeyAudience([by]);
      const { outbox } = await reopen();
      expect(await outbox.keyAudience()).toEqual([by]);
      await outbox.setKeyAudience(undefined);
      expect(await outbox.keyAudience()).toBeUndefined();
    });

    test("a key is kept with its audience, and another change leaves that alone", async () => {
      const { store, reopen } = await open();
      const updates = create(PreferenceUpdatesSchema, {});
      await store.outbox.put({ id: "1", updates }, [by]);
      await store.outbox.put({ id: "2", updates });
      const { outbox } = await reopen();
      expect(await outbox.keyAudience()).toEqual([by]);
      expect(await outbox.list()).toHaveLength(2);
    });

    test("the list is oldest first", async () => {
      const { store } = await open();
      await store.put(request("b", { name: "unsent" }, 2n));
      await store.put(request("c", { name: "unsent" }, 1n));
      await store.put(request("a", { name: "unsent" }, 2n));
      expect((await store.list()).map(({ id }) => id)).toEqual(["c", "a", "b"]);
    });

    test("the initial request is decided once, with its request", async () => {
      const { store, reopen } = await open();
      expect(await store.initialRequestDecided()).toBe(false);
      await store.decideInitialRequest(request("first", { name: "unsent" }));
      const reopened = await reopen();
      expect(await reopened.initialRequestDecided()).toBe(true);
      expect(await reopened.get("first")).toBeDefined();
    });

    test("or without one", async () => {
      const { store } = await open();
      await store.decideInitialRequest(undefined);
      expect(await store.initialRequestDecided()).toBe(true);
      expect(await store.list()).toEqual([]);
    });
  });
}

function request(id: string, stage: Stage, createdAtNs = 5n): SyncRequest {
  return {
    id,
    role: id === "a" ? "responder" : "requester",
    origin: id === "b" ? "manual" : "message",
    pin: "zBjzV",
    serverUrl: "http://127.0.0.1:5558",
    format: id === "b" ? "xmtp-v0" : "paged-v1",
    options: create(ArchiveOptionsSchema, { elements: [1, 2], startNs: 3n }),
    requester: installationId("ab".repeat(32)),
    createdAtNs,
    expiresAtNs: createdAtNs + 1n,
    acknowledgements: [
      {
        installation: installationId("cd".repeat(32)),
        rank: 3,
        atNs: 4n,
        awaitingApproval: true,
      },
    ],
    responder: {
      installation: installationId("cd".repeat(32)),
      sinceNs: 3n,
      atNs: 4n,
    },
    replaces: "own:other",
    exportsBegunAtNs: [4n, createdAtNs],
    uploadsToDelete: [{ url: "u", deletionToken: "t", expiresAtNs: 8n }],
    attempt: 2,
    stage,
  };
}
