import { create } from "@bufbuild/protobuf";
import { installationId } from "@history-sync/primitives";
import {
  ArchiveOptionsSchema,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import { SealedArchiveSchema } from "@history-sync/proto/history-sync";
import { describe, expect, test } from "vitest";
import type { RequestStore, Stage, SyncRequest } from "../request-store.js";

/** What every RequestStore must do. `open` gives an empty store; `reopen` the same one as after a restart. */
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
    const stages: readonly Stage[] = [
      { name: "asking" },
      { name: "requested" },
      { name: "importing", archive: { ...archive, metadata, sealed } },
      { name: "imported" },
      { name: "preparing" },
      { name: "uploaded", archive },
      { name: "replied" },
      { name: "failed", reason: "too-large" },
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
      await store.put(request("r", { name: "importing", archive }));
      await store.put(request("r", { name: "imported" }));
      expect(await store.list()).toEqual([request("r", { name: "imported" })]);
    });

    test("the list is oldest first", async () => {
      const { store } = await open();
      await store.put(request("b", { name: "asking" }, 2n));
      await store.put(request("c", { name: "asking" }, 1n));
      await store.put(request("a", { name: "asking" }, 2n));
      expect((await store.list()).map(({ id }) => id)).toEqual(["c", "a", "b"]);
    });

    test("the initial request is decided once, with its request", async () => {
      const { store, reopen } = await open();
      expect(await store.initialRequestDecided()).toBe(false);
      await store.decideInitialRequest(request("first", { name: "asking" }));
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
    role: id === "a" ? "answerer" : "asker",
    pin: "zBjzV",
    serverUrl: "http://127.0.0.1:5558",
    format: id === "b" ? "xmtp-v0" : "paged-v1",
    options: create(ArchiveOptionsSchema, { elements: [1, 2], startNs: 3n }),
    requester: installationId("ab".repeat(32)),
    createdAtNs,
    stage,
  };
}
