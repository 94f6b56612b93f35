import type { Member, MlsGroup } from "@history-sync/mls-group";
import {
  inboxOf,
  type ReaddRequest,
  readImmutableMetadata,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import { nowNs } from "@history-sync/primitives";
import type { ConversationContext } from "../conversations/context.js";
import { bringInLine } from "../membership/membership.js";
import { takeNews } from "../sync/sync-conversation.js";
import { allowsReadds, type Oneshot, readdIntervalNs } from "./oneshot.js";

/** `later`: the request may be answered at another time. */
export type ReaddAnswer = "done" | "later";

type Verdict = "due" | "later" | "none";

/**
 * Adds an installation anew that asks for it: itself alone, by whose key the one-shot group's Welcome is signed. It has
 * to be a member, of a group that this user wants and is a super admin of, and which this installation has no fork of.
 */
export async function answerReadd(
  { group: oneshot, request }: Oneshot,
  context: ConversationContext,
): Promise<ReaddAnswer> {
  const { installation, ledger, closing, log } = context;
  const { addedBy: requester } = oneshot;
  const group = request && installation.group(request.groupId);
  if (!oneshot.active || !requester || !group) return "done";
  if (!isMadeBy(requester, oneshot)) return "done";
  if (!(await isWanted(group, context))) return "done";
  await takeNews(group, context, closing);
  const verdict = () => judged(request, requester, group, context);
  const first = verdict();
  if (first !== "due") return first === "later" ? "later" : "done";

  // Whoever was revoked is taken out, and not added anew.
  await bringInLine(group, {}, context, closing);
  const { installationId } = requester;
  const { added, unavailable } = await group.changeMembers(
    { readd: () => (verdict() === "due" ? [installationId] : []) },
    { signal: closing },
  );
  await ledger.takeIn(group);
  log("readd.answered", {
    group: group.id,
    added: added.length,
    unavailable: unavailable.length,
  });
  return "done";
}

/** By what the group is now. */
function judged(
  { latestCommitSequenceId }: ReaddRequest,
  requester: Member,
  group: MlsGroup,
  { installation, inbox, clock }: ConversationContext,
): Verdict {
  if (!group.active || !allowsReadds(group)) return "none";
  const { installationId } = requester;
  if (installationId === installation.id) return "none";
  const isMember = group
    .members()
    .some(
      (member) =>
        member.installationId === installationId &&
        inboxOf(member.credential) === inboxOf(requester.credential),
    );
  if (!isMember) return "none";
  const { superAdmins } = readMutableMetadata(group.extensions);
  if (!superAdmins.includes(inbox.id)) return "none";
  const readded = group.readded(installationId);
  if (readded && latestCommitSequenceId < readded.sequence) return "none";
  if (group.fork) return "later";
  const isSoon =
    readded !== undefined && nowNs(clock) < readded.atNs + readdIntervalNs;
  return isSoon ? "later" : "due";
}

/** The Welcome tells who added this installation; only who made the one-shot group asks by it. */
function isMadeBy(requester: Member, { extensions }: MlsGroup): boolean {
  const { creatorInboxId } = readImmutableMetadata(extensions);
  return creatorInboxId === inboxOf(requester.credential);
}

/** Whether the user has allowed the conversation, or made it and not denied it since. */
async function isWanted(
  group: MlsGroup,
  { preferences, inbox }: ConversationContext,
): Promise<boolean> {
  if (!allowsReadds(group)) return false;
  const state = await preferences.getConsentState("conversation", group.id);
  if (state !== "unknown") return state === "allowed";
  return readImmutableMetadata(group.extensions).creatorInboxId === inbox.id;
}
