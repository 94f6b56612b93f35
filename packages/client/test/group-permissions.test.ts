import { expect, test } from "vitest";
import { MemoryStage } from "./support/memory-stage.js";
import { atOther } from "./support/stage.js";

test.each([
  { permissions: "all-members", isAllowed: true },
  { permissions: "admin-only", isAllowed: false },
] as const)(
  "a member of a group with $permissions may rename it: $isAllowed",
  async ({ permissions, isAllowed }) => {
    await using stage = new MemoryStage();
    const alix = await stage.start("alix");
    const bo = await stage.start("bo");
    const members = [bo.client.inboxId];
    const group = await alix.client.conversations.newGroup(members, {
      groupName: "plans",
      permissions,
    });
    const renamed = (await atOther(bo, group)).updateName("parties");
    await (isAllowed
      ? renamed
      : expect(renamed).rejects.toMatchObject({ code: "refused-commit" }));
    await group.sync();
    expect(group.name).toBe(isAllowed ? "parties" : "plans");
  },
);

test("a group's permissions are all-members by default", async () => {
  await using stage = new MemoryStage();
  const alix = await stage.start("alix");
  const bo = await stage.start("bo");
  const members = [bo.client.inboxId];
  const group = await alix.client.conversations.newGroup(members);
  await (await atOther(bo, group)).updateName("parties");
  await group.sync();
  expect(group.name).toBe("parties");
});
