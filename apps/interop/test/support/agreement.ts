import { expect } from "vitest";
import type { Actor } from "../../src/actor.ts";
import type { Ours } from "../../src/ours.ts";

type Member = Actor | Ours;

const patience = { timeout: 30_000, interval: 250 };

/** Waits until each of them shows these texts in the conversation, under the same message ids. */
export async function expectTexts(
  conversation: string,
  members: readonly Member[],
  texts: readonly string[],
): Promise<void> {
  for (const member of members) {
    await expect
      .poll(() => member.texts(conversation), patience)
      .toEqual(texts);
  }
  const [first, ...others] = await Promise.all(
    members.map((member) => member.shownTexts(conversation)),
  );
  for (const other of others) expect(other).toEqual(first);
}

/** Waits until each of them shows these users in the conversation, and the same installations of theirs. */
export async function expectMembers(
  conversation: string,
  members: readonly Member[],
  expected: readonly Member[],
): Promise<void> {
  const installations = expected.map(({ installationId }) => installationId);
  const inboxes = new Set(expected.map(({ inboxId }) => inboxId));
  for (const member of members) {
    await expect
      .poll(() => membersOf(conversation, member), patience)
      .toEqual({
        inboxes: [...inboxes].sort(),
        installations: installations.sort(),
      });
  }
}

async function membersOf(conversation: string, member: Member) {
  const shown = await member.conversationMembers(conversation);
  return {
    inboxes: shown.map(({ inboxId }) => inboxId).sort(),
    installations: shown
      .flatMap(({ installationIds }) => installationIds)
      .sort(),
  };
}
