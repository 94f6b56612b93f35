import { type BlobStore, historyServer } from "@history-sync/history-server";
import { memoryBlobStore } from "@history-sync/history-server/memory";
import { systemClock } from "@history-sync/primitives";
import { afterEach, expect, test, vi } from "vitest";
import type { HistorySettings } from "../src/index.js";
import { MemoryStage } from "./support/memory-stage.js";

const historySyncUrl = "https://history.example.org";
const hourMs = 60 * 60 * 1_000;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Uploads an archive by a client with these settings; returns the requests and the stored blobs' lifetimes. */
async function uploaded(history: HistorySettings) {
  const tokens = new Set<string | null>();
  const lifetimesMs: number[] = [];
  const blobs = memoryBlobStore({ clock: systemClock });
  const recorded: BlobStore = {
    ...blobs,
    write(id, body, options) {
      lifetimesMs.push(options.label.expiresAtMs - systemClock.nowMs());
      return blobs.write(id, body, options);
    },
  };
  const handler = historyServer({ blobs: recorded });
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    tokens.add(request.headers.get("authorization"));
    return handler(request);
  });
  await using stage = new MemoryStage();
  const options = { historySyncUrl, history };
  const { client } = await stage.start("alix", options);
  await client.sendSyncArchive("pin");
  return { tokens: [...tokens], lifetimesMs };
}

test("an upload token and an archive's lifetime reach the history server", async () => {
  const { tokens, lifetimesMs } = await uploaded({
    uploadToken: "a-token",
    archiveTtlMs: hourMs,
  });
  expect(tokens).toContain("Bearer a-token");
  expect(lifetimesMs).toHaveLength(1);
  expect(lifetimesMs[0]).toBeLessThanOrEqual(hourMs);
  expect(lifetimesMs[0]).toBeGreaterThan(hourMs / 2);
});

test("without settings no token is sent, and an archive is kept for three days", async () => {
  const { tokens, lifetimesMs } = await uploaded({});
  expect(tokens).toEqual([null]);
  expect(lifetimesMs[0]).toBeGreaterThan(71 * hourMs);
});

test("installationChecks are checked when the client opens", async () => {
  await using stage = new MemoryStage();
  const installationChecks = { sendCooldownMs: -1 };
  await expect(
    stage.start("alix", { installationChecks }),
  ).rejects.toMatchObject({ code: "invalid-setting" });
});
