import type { GroupId } from "@history-sync/primitives";
import type { Conversation } from "../../src/index.js";
import { allEntries, ForkingNode } from "../support/forking-node.js";
import { atOther, type Installation } from "../support/stage.js";
import type { StoryOptions, World } from "./world.js";

/** An installation in a group, which can be led into a fork of it. */
export interface Member extends Installation {
  readonly user: string;
  readonly node: ForkingNode;
  readonly conversation: Conversation;
}

/** A group of one installation of each user; the first one has made it. */
export async function groupOf<Users extends readonly string[]>(
  world: World,
  ...users: Users
): Promise<{ readonly [User in keyof Users]: Member }> {
  const started: Omit<Member, "conversation">[] = [];
  for (const user of users) {
    const node = new ForkingNode(world.deliveryService);
    const installation = await world.start(user, startOptions(user, node));
    started.push({ ...installation, user, node });
  }
  const inboxes = started.map(({ client }) => client.inboxId);
  const group = await started[0]?.client.conversations.newGroup(inboxes);
  if (!group) throw new TypeError("expected somebody in the group");
  const members: Member[] = [];
  for (const member of started) {
    const conversation = await atOther(member, group);
    members.push({ ...member, conversation });
  }
  return members as unknown as { readonly [User in keyof Users]: Member };
}

/** Starts a member's installation again after its client was closed. */
export async function back(
  world: World,
  { user, node, store, conversation: { id } }: Omit<Member, "client">,
): Promise<Member> {
  const options = { ...startOptions(user, node), store };
  const installation = await world.start(user, options);
  const conversation =
    await installation.client.conversations.getConversationById(id);
  if (!conversation) throw new TypeError("expected the conversation");
  return { ...installation, user, node, conversation };
}

/** Two commit at once; the others named will see the commit that lost as the one that won. */
export async function fork(
  world: World,
  [winner, loser]: readonly [Member, Member],
  ...victims: readonly Member[]
): Promise<void> {
  const { id } = loser.conversation;
  await loser.conversation.sync();
  const at = world.clock.nowMs();
  loser.node.beforeNextSend = () =>
    winner.conversation.updateName(`won at ${at}`);
  await loser.conversation.updateDescription(`lost at ${at}`);
  const [won, lost] = (await entriesOf(world, id)).slice(-3);
  if (!won || !lost) throw new TypeError("expected two commits at once");
  for (const { node } of victims) node.swap(won, lost);
}

export function entriesOf(world: World, groupId: GroupId) {
  return allEntries(world.deliveryService, { kind: "group", groupId });
}

/** Receives everything, and waits for the work that follows; a little time passes. */
export async function sync(
  world: World,
  ...installations: readonly Installation[]
): Promise<void> {
  for (const { client } of installations) {
    world.clock.advance(1_000);
    await client.conversations.syncAll();
    await client.settled();
  }
}

/** How many groups the installation has or had, but for conversations; and how many of them it hasn't forgotten. */
export async function oneshotsAt({
  store,
}: Installation): Promise<{ readonly ever: number; readonly now: number }> {
  const groups = await store.groups.groups();
  const active = groups.filter((group) => group.active);
  const { conversations } = await store.history.counts();
  return {
    ever: groups.length - conversations,
    now: active.length - conversations,
  };
}

export async function isForked({ conversation }: Member): Promise<boolean> {
  return (await conversation.debugInfo()).maybeForked;
}

// Conversations alone are what these stories are about.
function startOptions(user: string, { service }: ForkingNode): StoryOptions {
  return { user, deliveryService: service, disableDeviceSync: true };
}
