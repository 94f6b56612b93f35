import { HistorySyncError } from "@history-sync/primitives";
import { expect, test } from "vitest";
import type { AuthenticationService } from "../../src/index.js";
import { groupOf, heard, sideOf, text, World } from "../actors.js";

class NodeAway extends HistorySyncError<"unavailable"> {}

/** A phone adds a tablet and a watch in one commit, and the laptop's authentication does as `answer` says. */
async function addTwoAtOnce(answer: () => boolean) {
  let isStrict = false;
  const authentication: AuthenticationService = {
    validate: async () => !isStrict || answer(),
  };
  const world = new World();
  const phone = await world.actor();
  const laptop = await world.actor({ authentication });
  const atPhone = await groupOf(phone, laptop);
  const strangers = [await world.actor(), await world.actor()];
  await atPhone.changeMembers({
    add: strangers.map(({ installation }) => installation.id),
  });
  return {
    atPhone,
    atLaptop: sideOf(laptop, atPhone),
    beStrict: (strict: boolean) => {
      isStrict = strict;
    },
  };
}

test("a member keeps reading after a commit whose two new leaves it refuses", async () => {
  const { atPhone, atLaptop, beStrict } = await addTwoAtOnce(() => false);
  beStrict(true);
  const before = atLaptop.cursor;
  await atLaptop.sync();
  expect(atLaptop.cursor).toBeGreaterThan(before);
  expect(atLaptop.epoch).toBe(1n);
  // The phone is in an epoch that the laptop doesn't follow.
  await atLaptop.send(text("still here"));
  await atLaptop.sync();
  expect(atLaptop.active).toBe(true);
  expect(atPhone.epoch).toBe(2n);
});

test("a member reads the commit later when neither of its two new leaves can be judged now", async () => {
  const { atPhone, atLaptop, beStrict } = await addTwoAtOnce(() => {
    throw new NodeAway("unavailable", "expected an answer, got none", {
      retryable: true,
    });
  });
  beStrict(true);
  await expect(atLaptop.sync()).rejects.toMatchObject({
    code: "authentication-failed",
    retryable: true,
  });
  expect(atLaptop.epoch).toBe(1n);
  beStrict(false);
  await atPhone.send(text("all of us"));
  expect(await heard(atLaptop)).toEqual(["all of us"]);
});
