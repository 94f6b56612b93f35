import { openAsBlob } from "node:fs";
import type { Consent } from "@history-sync/client";
import { groupIdOf } from "@history-sync/primitives";
import type { ArchiveChoice } from "./archive-choice.js";
import { type Comparison, compareHistories } from "./compare.js";
import { type Installation, type StageSet, setStage } from "./stage-set.js";
import { count, type StoryPrinter } from "./story-printer.js";
import { SyncWatch } from "./sync-watch.js";

export interface StoryOptions {
  readonly archive: ArchiveChoice;
  /** False: B's `historySyncUrl` is empty, and nothing must be requested. */
  readonly historySync: boolean;
  readonly printer: StoryPrinter;
}

/** Plays the story of one history on two installations. Returns the differences at the end: none, if all went well. */
export async function playStory({
  archive,
  historySync,
  printer,
}: StoryOptions): Promise<readonly string[]> {
  await using stage = await setStage();
  printer.print(`1  A history server listens on ${stage.historyServerUrl}.`);

  const a = await stage.install("a", stage.historyServerUrl);
  const file = await openAsBlob(archive.path);
  await printer.phase("A imports its past", () =>
    a.client.importArchive(file.stream(), archive.key, "its past"),
  );
  printer.print(`2  Installation A has a history, from ${archive.origin}.`);
  printer.table(await historyFigures(a));

  return historySync
    ? await withHistorySync(stage, a, printer)
    : await withoutHistorySync(stage, a, printer);
}

async function withHistorySync(
  stage: StageSet,
  a: Installation,
  printer: StoryPrinter,
): Promise<readonly string[]> {
  const { messages } = await a.store.history.counts();
  const watchA = new SyncWatch(a.client, ({ elements }) =>
    printer.progress("A exports", elements, messages),
  );
  const b = await stage.install("b", stage.historyServerUrl);
  const watchB = new SyncWatch(b.client, ({ elements }) =>
    printer.progress("B imports", elements, messages),
  );

  await printer.phase("A lets B into the sync group, B asks", async () => {
    await a.client.syncAllDeviceSyncGroups();
    await watchB.reached("requested");
  });
  printer.print(
    "3  Installation B joined the sync group by an MLS Welcome and asked for its history by itself.",
  );

  await printer.phase("A exports, seals, uploads, replies", () =>
    watchA.reached("replied"),
  );
  printer.print(
    "4  A answered by itself: exported, sealed, uploaded, and replied over MLS.",
  );
  await printer.phase("B downloads, opens, merges", () =>
    watchB.reached("imported"),
  );
  printer.print("   B downloaded, opened and merged it.");

  const decision = await changeOfMind(a);
  await printer.phase("consent travels from A to B", async () => {
    await a.client.preferences.setConsentStates([decision]);
    await watchB.until("the consent to arrive", async () => {
      const { entityType, entity, state } = decision;
      const there = b.client.preferences.getConsentState(entityType, entity);
      return (await there) === state;
    });
  });
  printer.print(
    `5  A ${decision.state} ${decision.entityType} ${decision.entity.slice(0, 8)}…, and B knows.`,
  );

  const comparison = await compareHistories(a.store.history, b.store.history);
  printVerdict(comparison, printer);
  printer.table([
    ["archive on the wire", `${count(watchB.archiveBytes)} bytes`],
    ["MLS on the wire", `${count(stage.mlsBytes())} bytes`],
    ...printer.phaseRows(),
  ]);
  return comparison.differences;
}

async function withoutHistorySync(
  stage: StageSet,
  a: Installation,
  printer: StoryPrinter,
): Promise<readonly string[]> {
  const b = await stage.install("b", "");
  await a.client.syncAllDeviceSyncGroups();
  for (const { client } of [b, a]) {
    await client.syncAllDeviceSyncGroups();
    await client.settled();
  }
  const requests = [
    ...(await a.client.history.requests()),
    ...(await b.client.history.requests()),
  ];
  const { conversations, messages } = await b.store.history.counts();
  printer.print(
    `3  Installation B joined the sync group with historySyncUrl "": ${requests.length} requests.`,
  );
  printer.table(await historyFigures(b));
  const quiet = requests.length + conversations + messages === 0;
  printer.print(
    quiet
      ? "   Nothing was requested, and B is empty."
      : "   B should have been empty.",
  );
  return quiet ? [] : ["something was requested although history sync is off"];
}

/** Inverts the user's decision about the newest conversation. */
async function changeOfMind({ client, store }: Installation): Promise<Consent> {
  const [newest] = await store.history.conversations();
  const entity = newest ? groupIdOf(newest.id) : client.inboxId;
  const entityType = newest ? "conversation" : "inbox";
  const before = await client.preferences.getConsentState(entityType, entity);
  return {
    entityType,
    entity,
    state: before === "denied" ? "allowed" : "denied",
  };
}

async function historyFigures({
  store,
}: Installation): Promise<readonly (readonly [string, string])[]> {
  const { conversations, messages, consent } = await store.history.counts();
  return [
    ["conversations", count(conversations)],
    ["messages", count(messages)],
    ["consent records", count(consent)],
  ];
}

function printVerdict(
  { conversations, messages, consent, hmacKeys, differences }: Comparison,
  printer: StoryPrinter,
): void {
  const shown = 20;
  for (const difference of differences.slice(0, shown)) {
    printer.print(`   ✗ ${difference}`);
  }
  const compared = `${count(conversations)} conversations, ${count(messages)} messages, ${count(consent)} consent records and ${hmacKeys} HMAC key`;
  printer.print(
    differences.length === 0
      ? `6  ${compared} are the same on both, row by row.`
      : `6  ${compared} compared: ${count(differences.length)} differ.`,
  );
}
