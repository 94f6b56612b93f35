// What runs in the browser: `measure` imports and exports as many messages, in memory and in IndexedDB.

import { create } from "@bufbuild/protobuf";
import {
  encodeElement,
  exportArchive,
  importArchive,
} from "@history-sync/archive";
import { systemClock as clock } from "@history-sync/primitives";
import {
  BackupMetadataSaveSchema,
  ConversationTypeSave,
  DeliveryStatusSave,
  GroupMembershipStateSave,
  GroupMessageKindSave,
  GroupMessageSaveSchema,
  GroupSaveSchema,
} from "@history-sync/proto/device-sync";
import type { HistoryStore } from "../src/index.js";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { memoryStore } from "../src/memory/index.js";

interface Measured {
  readonly importUs: number;
  readonly exportUs: number;
  readonly importAgainUs: number;
  /** The most that the heap held at the end of a page, above what it held at the start. */
  readonly heapMB: number;
}

const conversations = 50;
const bodyBytes = 200;
const firstNs = 1_700_000_000_000_000_000n;

Object.assign(globalThis, { measure });

/** Microseconds a message. */
async function measure(messages: number) {
  const inMemory = await measureHistory(memoryStore().history, messages);
  const store = await openIndexedDbStore(`bench-${messages}`);
  const indexedDb = await measureHistory(store.history, messages);
  store.close();
  return { messages, inMemory, indexedDb };
}

async function measureHistory(
  history: HistoryStore,
  messages: number,
): Promise<Measured> {
  const baseBytes = heapBytes();
  let peakBytes = baseBytes;
  const onProgress = () => {
    peakBytes = Math.max(peakBytes, heapBytes());
  };
  const usPerMessage = async (work: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await work();
    return Math.round(((performance.now() - startedMs) * 1_000) / messages);
  };
  const importAs = (importId: string) => () =>
    importArchive(frames(messages), history, { importId, clock, onProgress });
  const importUs = await usPerMessage(importAs("first"));
  const exportUs = await usPerMessage(async () => {
    const archive = exportArchive(history, {
      clock,
      order: "newest-first",
      onProgress,
    });
    for await (const frame of archive) frame.length;
  });
  const importAgainUs = await usPerMessage(importAs("second"));
  const heapMB = Math.round((peakBytes - baseBytes) / 1e6);
  return { importUs, exportUs, importAgainUs, heapMB };
}

/** An archive of conversations and messages, from the newest on, as our installations send it. */
async function* frames(messages: number): AsyncGenerator<Uint8Array> {
  const metadata = create(BackupMetadataSaveSchema, { exportedAtNs: firstNs });
  yield encodeElement({ case: "metadata", value: metadata });
  for (let n = 0; n < conversations; n++) {
    const value = create(GroupSaveSchema, {
      id: idOf(n, 16),
      createdAtNs: firstNs,
      membershipState: GroupMembershipStateSave.ALLOWED,
      conversationType: ConversationTypeSave.GROUP,
    });
    yield encodeElement({ case: "group", value });
  }
  for (let n = messages; n > 0; n--) {
    const value = create(GroupMessageSaveSchema, {
      id: idOf(n, 32),
      groupId: idOf(n % conversations, 16),
      decryptedMessageBytes: new Uint8Array(bodyBytes).fill(n),
      sentAtNs: firstNs + BigInt(n) * 1_000_000_000n,
      kind: GroupMessageKindSave.APPLICATION,
      senderInstallationId: idOf(n % 7, 32),
      senderInboxId: "1f".repeat(32),
      deliveryStatus: DeliveryStatusSave.PUBLISHED,
      versionMajor: 1,
      authorityId: "xmtp.org",
      contentType: "text",
    });
    yield encodeElement({ case: "groupMessage", value });
  }
}

/** Spread like a hash, and the same for the same number. */
function idOf(n: number, length: number): Uint8Array<ArrayBuffer> {
  const id = new Uint8Array(length);
  let state = (n + 1) * 2_654_435_761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    id[i] = state >>> 24;
  }
  return id;
}

/** Of Chromium, exact where it was started with `--enable-precise-memory-info`. */
function heapBytes(): number {
  const { memory } = performance as unknown as {
    readonly memory: { readonly usedJSHeapSize: number };
  };
  return memory.usedJSHeapSize;
}
