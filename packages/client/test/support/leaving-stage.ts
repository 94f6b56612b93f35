import type { Conversation } from "../../src/index.js";
import { atOther, type Installation } from "./stage.js";

/** Lets an installation hear of everything in its conversations, and do what it calls for. */
export async function hears(installation: Installation): Promise<void> {
  await installation.client.conversations.syncAll();
  await installation.client.settled();
}

/** The inboxes of a conversation as one installation has it after it heard of everything. */
export async function inboxesAt(
  installation: Installation,
  { id }: Pick<Conversation, "id">,
): Promise<ReadonlySet<string>> {
  await hears(installation);
  const there = await atOther(installation, { id });
  const members = await there.members();
  return new Set(members.map(({ inboxId }) => inboxId));
}

export function inboxesOf(
  ...installations: readonly Installation[]
): ReadonlySet<string> {
  return new Set(installations.map(({ client }) => client.inboxId));
}

/** How many commits the conversation has seen, as far as this installation has heard. */
export async function epochAt(
  { store }: Installation,
  { id }: Pick<Conversation, "id">,
): Promise<bigint | undefined> {
  return (await store.groups.group(id))?.epoch;
}
