import { openAsBlob } from "node:fs";
import type { Consent } from "@history-sync/client";
import { groupIdOf } from "@history-sync/primitives";
import type { ArchiveChoice } from "./archive-choice.js";
import { type Comparison, compareHistories } from "./compare.js";
import { type Installation, type StageSet, setStage } from "./stage-set.js";
import { SyncWatch } from "./sync-watch.js";
import { count, type Teller } from "./teller.js";

export interface StoryOptions {
  readonly archive: ArchiveChoice;
  /** False: B's `historySyncUrl` is empty, and nothing must be requested. */
  readonly historySync: boolean;
  readonly teller: Teller;
}

/** Plays the story of one history on two installations. Returns the differences at the end: none, if all went well. */
export async function tellStory({
  archive,
  historySync,
  teller,
}: StoryOptions): Promise<readonly string[]> {
  await using stage = await setStage();
  teller.say(`1  A history server listens on ${stage.historyServerUrl}.`);

  const a = await stage.install("a", stage.historyServerUrl);
  const file = await openAsBlob(archive.path);
  await teller.phase("A imports its past", () =>
    a.client.importArchive(file.stream(), archive.key, "its past"),
  );
  teller.say(`2  Installation A has a history, from ${archive.origin}.`);
  teller.table(await historyFigures(a));

  return historySync
    ? await withHistorySync(stage, a, teller)
    : await withoutHistorySync(stage, a, teller);
}

async function withHistorySync(
  stage: StageSet,
  a: Installation,
  teller: Teller,
): Promise<readonly string[]> {
  const { messages } = await a.store.history.counts();
  const watchA = new SyncWatch(a.client, ({ elements }) =>
    teller.progress("A exports", elements, messages),
  );
  const b = await stage.install("b", stage.historyServerUrl);
  const watchB = new SyncWatch(b.client, ({ elements }) =>
    teller.progress("B imports", elements, messages),
  );

  await teller.phase("A lets B into the sync group, B asks", async () => {
    await a.client.syncAllDeviceSyncGroups();
    await watchB.reached("requested");
  });
  teller.say(
    "3  Installation B joined the sync group by an MLS Welcome and asked for its history by itself.",
  );

  await teller.phase("A exports, seals, uploads, replies", () =>
    watchA.reached("replied"),
  );
  teller.say(
    "4  A answered by itself: exported, sealed, uploaded, and replied over MLS.",
  );
  await teller.phase("B downloads, opens, merges", () =>
    watchB.reached("imported"),
  );
  teller.say("   B downloaded, opened and merged it.");

  const decision = await changeOfMind(a);
  await teller.phase("consent travels from A to B", async () => {
    await a.client.preferences.setConsentStates([decision]);
    await watchB.until("the consent to arrive", async () => {
      const { entityType, entity, state } = decision;
      const there = b.client.preferences.getConsentState(entityType, entity);
      return (await there) === state;
    });
  });
  teller.say(
    `5  A ${decision.state} ${decision.entityType} ${decision.entity.slice(0, 8)}…, and B knows.`,
  );

  const comparison = await compareHistories(a.store.history, b.store.history);
  tellVerdict(comparison, teller);
  teller.table([
    ["archive on the wire", `${count(watchB.archiveBytes)} bytes`],
    ["MLS on the wire", `${count(stage.mlsBytes())} bytes`],
    ...teller.phaseRows(),
  ]);
  return comparison.differences;
}

async function withoutHistorySync(
  stage: StageSet,
  a: Installation,
  teller: Teller,
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
  teller.say(
    `3  Installation B joined the sync group with historySyncUrl "": ${requests.length} requests.`,
  );
  teller.table(await historyFigures(b));
  const quiet = requests.length + conversations + messages === 0;
  teller.say(
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

function tellVerdict(
  { conversations, messages, consent, hmacKeys, differences }: Comparison,
  teller: Teller,
): void {
  const shown = 20;
  for (const difference of differences.slice(0, shown)) {
    teller.say(`   ✗ ${difference}`);
  }
  const compared = `${count(conversations)} conversations, ${count(messages)} messages, ${count(consent)} consent records and ${hmacKeys} HMAC key`;
  teller.say(
    differences.length === 0
      ? `6  ${compared} are the same on both, row by row.`
      : `6  ${compared} compared: ${count(differences.length)} differ.`,
  );
}
