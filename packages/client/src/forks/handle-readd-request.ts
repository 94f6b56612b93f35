import type { Member, MlsGroup } from "@history-sync/mls-group";
import {
  inboxOf,
  type ReaddRequest,
  readImmutableMetadata,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import { nowNs } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import type { ChangeParts } from "../membership/change-group.js";
import { updateMembers } from "../membership/update-members.js";
import type { Preferences } from "../preferences/preferences.js";
import { allowsReadds, type Oneshot, readdIntervalNs } from "./oneshot.js";

export interface HandleReaddParts
  extends ChangeParts,
    Pick<ClientContext, "clock" | "log"> {
  readonly preferences: Preferences;
}

/** `later`: the request may be handled at another time. */
export type ReaddOutcome = "done" | "later";

type Verdict = "due" | "later" | "none";

/**
 * Re-adds the installation that signed the one-shot group's Welcome, and no other. It has to be a member of a group
 * that this user allows and is a super admin of, and that this installation has no fork of.
 */
export async function handleReaddRequest(
  { group: oneshot, request }: Oneshot,
  parts: HandleReaddParts,
): Promise<ReaddOutcome> {
  const { installation, receiver, closing, log } = parts;
  const { addedBy: requester } = oneshot;
  const group = request && installation.group(request.groupId);
  if (!oneshot.active || !requester || !group) return "done";
  if (!isMadeBy(requester, oneshot)) return "done";
  if (!(await isAllowed(group, parts))) return "done";
  await receiver.receive(group, closing);
  const verdict = () => judged(request, requester, group, parts);
  const first = verdict();
  if (first !== "due") return first === "later" ? "later" : "done";

  // Revoked installations are removed, and not re-added.
  await updateMembers(group, {}, parts, closing);
  const { installationId } = requester;
  const { added, unavailable } = await group.changeMembers(
    { readd: () => (verdict() === "due" ? [installationId] : []) },
    { signal: closing },
  );
  await receiver.record(group);
  log("readd.answered", {
    group: group.id,
    added: added.length,
    unavailable: unavailable.length,
  });
  return "done";
}

/** Judges the request by the group's current state. */
function judged(
  { latestCommitSequenceId }: ReaddRequest,
  requester: Member,
  group: MlsGroup,
  { installation, inboxId, clock }: HandleReaddParts,
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
  if (!superAdmins.includes(inboxId)) return "none";
  const readded = group.readded(installationId);
  if (readded && latestCommitSequenceId < readded.sequence) return "none";
  if (group.fork) return "later";
  const isSoon =
    readded !== undefined && nowNs(clock) < readded.atNs + readdIntervalNs;
  return isSoon ? "later" : "due";
}

/** True if the Welcome's sender created the one-shot group, because only the creator's request counts. */
function isMadeBy(requester: Member, { extensions }: MlsGroup): boolean {
  const { creatorInboxId } = readImmutableMetadata(extensions);
  return creatorInboxId === inboxOf(requester.credential);
}

/** True if the user has allowed the conversation, or created it and not denied it since. */
async function isAllowed(
  group: MlsGroup,
  { preferences, inboxId }: HandleReaddParts,
): Promise<boolean> {
  if (!allowsReadds(group)) return false;
  const state = await preferences.getConsentState("conversation", group.id);
  if (state !== "unknown") return state === "allowed";
  return readImmutableMetadata(group.extensions).creatorInboxId === inboxId;
}
