import type { Fork, MlsGroup } from "@history-sync/mls-group";
import {
  newReaddRequestExtensions,
  readMembership,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import { nowNs } from "@history-sync/primitives";
import type { ConversationContext } from "../conversations/context.js";
import { bringInLine } from "../membership/membership.js";
import { syncConversation } from "../sync/sync-conversation.js";
import { allowsReadds, type Oneshot, readdIntervalNs } from "./oneshot.js";

const askAgainNs = 24n * 60n * 60n * 1_000_000_000n;

/**
 * Asks the super admins of a group to add this installation anew while it may have a fork of it. The one-shot group by
 * which it asks is also the note that it did: it is stored before anybody hears of it, a call after a crash goes on with
 * it, and it is forgotten once the fork is healed. `notes` are those of this group, newest first.
 */
export async function askToBeReadded(
  group: MlsGroup,
  notes: readonly Oneshot[],
  context: ConversationContext,
): Promise<void> {
  const { active, fork } = group;
  if (active && fork && allowsReadds(group)) {
    const [newest] = notes;
    const isAsked = newest && !mayAskAgain(newest, fork, context);
    const note = isAsked ? newest.group : await newNote(group, context);
    await tell(note, group, context);
    await forgetAll(notes.filter((one) => one.group !== note));
  } else if (notes.length > 0) {
    // Messages that were kept during the fork go out.
    if (active) await syncConversation(group, context, context.closing);
    await forgetAll(
      notes.filter((note) => ageNs(note, context) >= readdIntervalNs),
    );
  }
}

async function newNote(
  group: MlsGroup,
  { installation, inbox, randomBytes, log }: ConversationContext,
): Promise<MlsGroup> {
  const request = {
    groupId: group.id,
    latestCommitSequenceId: group.cursor,
  };
  const options = { randomBytes };
  const note = await installation.createGroup({
    extensions: newReaddRequestExtensions(inbox.id, request, options),
  });
  log("readd.asked", { group: group.id, epoch: group.epoch });
  return note;
}

/** Changes nothing where all of them were told. */
async function tell(
  note: MlsGroup,
  { extensions }: MlsGroup,
  context: ConversationContext,
): Promise<void> {
  const { superAdmins } = readMutableMetadata(extensions);
  const members = [...readMembership(extensions).sequenceIds.keys()];
  const add = members.filter((id) => superAdmins.includes(id));
  await bringInLine(note, { add }, context, context.closing);
}

/** Soon for another fork, later for the same one. */
function mayAskAgain(
  note: Oneshot,
  { sinceNs }: Fork,
  context: ConversationContext,
): boolean {
  const isOfThisFork = note.group.createdAtNs >= sinceNs;
  const waitNs = isOfThisFork ? askAgainNs : readdIntervalNs;
  return ageNs(note, context) >= waitNs;
}

function ageNs({ group }: Oneshot, { clock }: ConversationContext): bigint {
  return nowNs(clock) - group.createdAtNs;
}

async function forgetAll(notes: readonly Oneshot[]): Promise<void> {
  for (const { group } of notes) await group.forget();
}
