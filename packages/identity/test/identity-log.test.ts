import { type InboxId, systemClock } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  type IdentityService,
  identityLog,
  installationsOf,
  type LogEntry,
  registration,
  revokeInstallations,
  signUpdate,
} from "../src/index.js";
import { MemoryIdentityService } from "../src/memory/index.js";
import { identityServiceContract } from "../src/testing/index.js";
import { app, wallet } from "./support/people.js";
import { Story } from "./support/story.js";

identityServiceContract("MemoryIdentityService", async () => ({
  service: new MemoryIdentityService(systemClock),
  close: async () => {},
}));

const alix = wallet("alix");
const bo = wallet("bo");
const phone = app("phone");
const laptop = app("laptop");

/** A service over the log of a story, which may grow; it says what it was asked. */
function serving(story: Story): IdentityService & { readonly asked: bigint[] } {
  const asked: bigint[] = [];
  return {
    asked,
    async updates(inboxId, after) {
      asked.push(after);
      if (inboxId !== story.inboxId) return [];
      return story.entries.filter(({ sequenceId }) => sequenceId > after);
    },
    publish: async (update) => {
      story.push(update);
    },
    inboxIds: async (identifiers) => identifiers.map(() => story.inboxId),
  };
}

async function inbox(): Promise<Story> {
  return await new Story(alix).create(alix, phone);
}

test("fetches and checks only what is new", async () => {
  const story = await inbox();
  const service = serving(story);
  const log = identityLog({ service });
  await log.state(story.inboxId);
  await story.add(alix, laptop);
  const now = await log.state(story.inboxId);
  expect(now && installationsOf(now.state)).toHaveLength(2);
  expect(service.asked).toEqual([0n, 2n]);
  expect(await log.state(story.inboxId)).toBe(now);
  expect(service.asked).toEqual([0n, 2n, 5n]);
});

test("knows an inbox as it was without asking again", async () => {
  const story = await (await inbox()).add(alix, laptop);
  const service = serving(story);
  const log = identityLog({ service });
  const { inboxId } = story;
  const then = await log.state(inboxId, { atSequenceId: 2n });
  expect(then && installationsOf(then.state)).toHaveLength(1);
  const later = await log.state(inboxId, { atSequenceId: 5n });
  expect(later && installationsOf(later.state)).toHaveLength(2);
  expect(service.asked).toEqual([0n]);
  await expect(log.state(inboxId, { atSequenceId: 3n })).rejects.toMatchObject({
    code: "missing-update",
  });
});

test("gives the installations at an update, and nothing where there is none", async () => {
  const story = await (await inbox()).add(alix, laptop);
  const log = identityLog({ service: serving(story) });
  const { inboxId } = story;
  expect(await log.installationsAt(inboxId, 2n)).toEqual([
    phone.installationId,
  ]);
  expect(await log.installationsAt(inboxId, 5n)).toHaveLength(2);
  expect(await log.installationsAt(inboxId, 3n)).toBeUndefined();
  expect(await log.installationsAt(inboxId, 8n)).toBeUndefined();
});

test("an invalid log has no installations and never had one", async () => {
  const story = (await inbox()).push(new Uint8Array(3));
  const log = identityLog({ service: serving(story) });
  const { inboxId } = story;
  expect(await log.installationsAt(inboxId, 5n)).toBeUndefined();
  expect(await log.hasEverHad(inboxId, laptop.installationId)).toBe(false);
});

test("a call during a fetch shares the next fetch", async () => {
  const story = await inbox();
  const service = serving(story);
  const log = identityLog({ service });
  const first = log.installations(story.inboxId);
  await Promise.resolve();
  const others = Array.from({ length: 5 }, () =>
    log.installations(story.inboxId),
  );
  for (const found of await Promise.all([first, ...others])) {
    expect(found.installations).toEqual([phone.installationId]);
  }
  expect(service.asked.length).toBeLessThanOrEqual(2);
});

test("forgets the inbox that was looked at least recently", async () => {
  const story = await inbox();
  const service = serving(story);
  const log = identityLog({ service }, { maxInboxes: 1 });
  const other = new Story(bo).inboxId;
  for (const id of [story.inboxId, other, story.inboxId]) await log.state(id);
  expect(service.asked).toEqual([0n, 0n, 0n]);
});

test("names an inbox's installations, and those of before", async () => {
  const story = await (await inbox()).add(alix, laptop);
  await story.revoke(alix, phone);
  const log = identityLog({ service: serving(story) });
  expect(await log.installations(story.inboxId)).toEqual({
    sequenceId: 8n,
    installations: [laptop.installationId],
    revoked: [phone.installationId],
  });
  expect(await log.installations(new Story(bo).inboxId)).toEqual({
    sequenceId: 0n,
    installations: [],
    revoked: [],
  });
});

test("hasEverHad is true for an inbox's present and revoked installations, and for no others", async () => {
  const story = await (await inbox()).add(alix, laptop);
  await story.revoke(alix, phone);
  const service = serving(story);
  const log = identityLog({ service });
  const hasEverHad = (id: typeof phone) =>
    log.hasEverHad(story.inboxId, id.installationId);
  expect(await hasEverHad(laptop)).toBe(true);
  expect(await hasEverHad(phone)).toBe(true);
  expect(service.asked).toHaveLength(1);
  expect(await hasEverHad(app("stranger"))).toBe(false);
  const other = new Story(bo).inboxId;
  expect(await log.hasEverHad(other, laptop.installationId)).toBe(false);
});

test("hasEverHad fails when the node can't be reached", async () => {
  const story = await inbox();
  const cause = new TypeError("no connection");
  const service: IdentityService = {
    ...serving(story),
    updates: () => Promise.reject(cause),
  };
  const log = identityLog({ service });
  await expect(
    log.hasEverHad(story.inboxId, phone.installationId),
  ).rejects.toBe(cause);
});

test("believes no node that gives another inbox's log, and recovers from one", async () => {
  const story = await inbox();
  const other = await new Story(bo).create(bo, laptop);
  let given: readonly LogEntry[] = other.entries;
  const service: IdentityService = {
    ...serving(story),
    updates: async () => given,
  };
  const log = identityLog({ service });
  await expect(log.state(story.inboxId)).rejects.toMatchObject({
    code: "wrong-inbox",
  });
  given = story.entries;
  const now = await log.state(story.inboxId);
  expect(now?.sequenceId).toBe(2n);
  // And gives the same entry again.
  await expect(log.state(story.inboxId)).rejects.toMatchObject({
    code: "out-of-order",
  });
});

test("an abort ends the waiting", async () => {
  const story = await inbox();
  const log = identityLog({ service: serving(story) });
  const reason = new TypeError("enough");
  const signal = AbortSignal.abort(reason);
  await expect(log.state(story.inboxId, { signal })).rejects.toBe(reason);
  expect(await log.state(story.inboxId)).toBeDefined();
});

test("registers, adds and revokes through a node", async () => {
  const service = new MemoryIdentityService(systemClock);
  const log = identityLog({ service });
  const owner = alix.identifier();
  let seconds = 0n;
  const join = async (joining: typeof phone) => {
    seconds += 1n;
    const draft = await registration(log, owner, joining.installationId, {
      clientTimestampNs: seconds * 1_000_000_000n,
    });
    if (draft === undefined) return undefined;
    return await log.publish(await signUpdate(draft, [alix, joining]));
  };
  const first = await join(phone);
  expect(first?.state.inboxId).toBe(new Story(alix).inboxId);
  expect(await join(phone)).toBeUndefined();
  const second = await join(laptop);
  expect(second && installationsOf(second.state)).toHaveLength(2);
  if (second === undefined) throw new TypeError("not registered");
  const ids = [phone.installationId];
  const draft = revokeInstallations(second.state, ids, {
    clientTimestampNs: 9_000_000_000n,
  });
  const third = await log.publish(await signUpdate(draft, [alix]));
  expect(installationsOf(third.state)).toEqual([laptop.installationId]);
});

test("an update that the log's rules refuse never leaves", async () => {
  const story = await inbox();
  const { inboxId, entries } = story;
  const log = identityLog({ service: serving(story) });
  const published = entries.length;
  await story.add(bo, laptop);
  const bad = entries.pop()?.update ?? new Uint8Array();
  await expect(log.publish(bad)).rejects.toMatchObject({
    code: "missing-member",
  });
  expect(entries).toHaveLength(published);
  expect((await log.state(inboxId))?.sequenceId).toBe(2n);
});

test("publishing again after a lost answer gives the same", async () => {
  const story = await inbox();
  const service = serving(story);
  const lost = new TypeError("connection lost");
  const lossy: IdentityService = {
    ...service,
    publish: async (update) => {
      await service.publish(update);
      throw lost;
    },
  };
  await story.add(alix, laptop);
  const update = story.entries.pop()?.update ?? new Uint8Array();
  const first = await identityLog({ service: lossy }).publish(update);
  expect(installationsOf(first.state)).toHaveLength(2);
  const again = await identityLog({ service }).publish(update);
  expect(again).toEqual(first);
  expect(story.entries).toHaveLength(2);
});

test("a node that refuses, or forgets, is found out", async () => {
  const story = await inbox();
  const service = serving(story);
  const refused = new TypeError("refused");
  await story.add(alix, laptop);
  const update = story.entries.pop()?.update ?? new Uint8Array();
  const refusing = { ...service, publish: () => Promise.reject(refused) };
  await expect(identityLog({ service: refusing }).publish(update)).rejects.toBe(
    refused,
  );
  const forgetful = { ...service, publish: async () => {} };
  await expect(
    identityLog({ service: forgetful }).publish(update),
  ).rejects.toMatchObject({ code: "not-stored", retryable: true });
});

test("finds the inbox of an identifier by the node's word", async () => {
  const service = new MemoryIdentityService(systemClock);
  const log = identityLog({ service });
  expect(await log.inboxIdOf(alix.identifier())).toBeUndefined();
  const story = await inbox();
  await log.publish(story.entries[0]?.update ?? new Uint8Array());
  const found: InboxId | undefined = await log.inboxIdOf(alix.identifier());
  expect(found).toBe(story.inboxId);
});
