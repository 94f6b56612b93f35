// Runs in the browser: `measure` imports and exports a number of messages, in memory and in IndexedDB.

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
import type { Store } from "../src/index.js";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { memoryStore } from "../src/memory/index.js";

/** Microseconds a message, and megabytes. */
interface Measured {
  readonly importUs: number;
  readonly exportUs: number;
  /** Nothing is new any more. */
  readonly importAgainUs: number;
  /** The most that was live after a page of a later import or export, above what was before. */
  readonly heapMB: number;
}

const conversations = 50;
const bodyBytes = 200;
const firstNs = 1_700_000_000_000_000_000n;

Object.assign(globalThis, { measure });

async function measure(messages: number) {
  const inMemory = await measureHistory(messages, async () => memoryStore());
  const indexedDb = await measureHistory(messages, (n) =>
    openIndexedDbStore(`bench-${messages}-${n}`),
  );
  return { messages, inMemory, indexedDb };
}

async function measureHistory(
  messages: number,
  open: (n: number) => Promise<Store>,
): Promise<Measured> {
  const timed = await open(1);
  const first = () => take(timed, messages);
  const importUs = await usPerMessage(messages, first);
  const exportUs = await usPerMessage(messages, () => give(timed));
  const second = () => take(timed, messages, "again");
  const importAgainUs = await usPerMessage(messages, second);
  timed.close();
  const weighed = await open(2);
  const heapMB = await peakMB(async (onProgress) => {
    await take(weighed, messages, "weighed", onProgress);
    await give(weighed, onProgress);
  });
  weighed.close();
  return { importUs, exportUs, importAgainUs, heapMB };
}

async function take(
  { history }: Store,
  messages: number,
  importId = "first",
  onProgress = () => {},
): Promise<void> {
  const options = { importId, clock, onProgress };
  await importArchive(frames(messages), history, options);
}

async function give({ history }: Store, onProgress = () => {}): Promise<void> {
  const order = "newest-first";
  const archive = exportArchive(history, { clock, order, onProgress });
  let bytes = 0;
  for await (const frame of archive) bytes += frame.length;
  if (bytes === 0) throw new RangeError("nothing was exported");
}

async function usPerMessage(
  messages: number,
  work: () => Promise<void>,
): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round(((performance.now() - startedMs) * 1_000) / messages);
}

async function peakMB(
  work: (onProgress: () => void) => Promise<void>,
): Promise<number> {
  const baseBytes = liveBytes();
  let peakBytes = baseBytes;
  await work(() => {
    peakBytes = Math.max(peakBytes, liveBytes());
  });
  return Math.round((peakBytes - baseBytes) / 1e6);
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

/** Of Chromium, as `main.ts` starts it. */
function liveBytes(): number {
  const { gc, performance } = globalThis as unknown as {
    gc(): void;
    readonly performance: { readonly memory: { usedJSHeapSize: number } };
  };
  gc();
  return performance.memory.usedJSHeapSize;
}
