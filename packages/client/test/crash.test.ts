import { equalBytes } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { expect, test } from "vitest";
import { type Conversation, encodeText } from "../src/index.js";
import { dyingAt } from "./support/faulty-store.js";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther, textsOf } from "./support/stage.js";

// More writes than a start, a sync and a message come to: the last runs don't die.
const maxWrites = 60;

test("whatever write it dies at, an installation loses no message and has none twice", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const first = await stage.start("bo", { disableDeviceSync: true });
  const dm = await alix.client.conversations.newDm(first.client.inboxId);
  await atOther(first, dm);
  await stage.stop(first);
  const { store } = first;

  for (let write = 1; write <= maxWrites; write++) {
    const [question, answer] = [`question ${write}`, `answer ${write}`];
    await dm.sendText(question);
    const faulty = dyingAt(write, store);
    await speak(stage, faulty.store, dm, answer);
    const spoken = await isKept(store, dm, answer);

    const back = await stage.start("bo", { store, disableDeviceSync: true });
    const there = await atOther(back, dm);
    const texts = await textsOf(there);
    expect(new Set(texts).size, `write ${write}`).toBe(texts.length);
    expect(texts, `write ${write}`).toContain(question);
    if (spoken) expect(texts, `write ${write}`).toContain(answer);
    const messages = await there.messages();
    expect(
      messages.every(({ deliveryStatus }) => deliveryStatus === "published"),
    ).toBe(true);
    await stage.stop(back);
    await dm.sync();
    expect(await textsOf(dm), `write ${write}`).toEqual(texts);
    if (!faulty.died()) {
      expect(spoken).toBe(true);
      return;
    }
  }
  throw new TypeError(
    `expected a run that doesn't die within ${maxWrites} writes`,
  );
});

/** Starts, syncs and answers, as far as it gets. */
async function speak(
  stage: MemoryStage,
  store: Store,
  dm: Conversation,
  answer: string,
): Promise<void> {
  const started = await stage
    .start("bo", { store, disableDeviceSync: true })
    .catch(() => undefined);
  if (!started) return;
  try {
    await (await atOther(started, dm)).sendText(answer);
  } catch {
    // It died.
  }
  await stage.stop(started);
}

async function isKept(
  { history }: Store,
  { id }: Conversation,
  answer: string,
): Promise<boolean> {
  const rows = await history.messages(id);
  const content = encodeText(answer);
  return rows.some((row) => equalBytes(row.decryptedMessageBytes, content));
}
