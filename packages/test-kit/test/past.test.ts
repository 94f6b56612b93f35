import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { friend, type PastOptions, pastRows } from "../src/past.js";

const nowNs = 9_000_000_000n;

function past(options: Partial<PastOptions> = {}) {
  const random = unsafeSeededBytes(1);
  return pastRows({ messages: 3, nowNs, random, ...options });
}

test("pastRows returns messages of one conversation, newest first, and consent for their sender", () => {
  const { groups, messages, consent } = past({ bytesEach: 10 });
  const [group] = groups;
  expect(groups).toHaveLength(1);
  expect(messages.map(({ sentAtNs }) => sentAtNs)).toEqual([
    8_000_000_000n,
    7_000_000_000n,
    6_000_000_000n,
  ]);
  for (const message of messages) {
    expect(message.groupId).toEqual(group?.id);
    expect(message.senderInboxId).toBe(friend);
    expect(message.decryptedMessageBytes).toHaveLength(10);
  }
  expect(consent).toMatchObject([{ entity: friend }]);
});

test("pastRows gives two pasts the same ids, or ids of their own", () => {
  const idsOf = ({ groups, messages }: ReturnType<typeof past>) =>
    [...groups, ...messages].map(({ id }) => id);
  const [sample, longer] = [past(), past({ messages: 5 })];
  expect(idsOf(longer).slice(0, 4)).toEqual(idsOf(sample));
  const own = idsOf(past({ ids: "random" }));
  expect(own.map((id) => id.length)).toEqual([16, 32, 32, 32]);
  for (const id of own) expect(idsOf(sample)).not.toContainEqual(id);
});
