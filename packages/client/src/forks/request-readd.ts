import type { Fork, MlsGroup } from "@history-sync/mls-group";
import {
  newReaddRequestExtensions,
  readMembership,
  readMutableMetadata,
} from "@history-sync/mls-group/xmtp";
import { type Clock, nowNs } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import {
  type MembershipContext,
  updateMembers,
} from "../membership/update-members.js";
import { type SyncParts, syncConversation } from "../sync/sync-conversation.js";
import { allowsReadds, type Oneshot, readdIntervalNs } from "./oneshot.js";

const repeatAfterNs = 24n * 60n * 60n * 1_000_000_000n;

export interface RequestReaddParts
  extends SyncParts,
    MembershipContext,
    Pick<ClientContext, "clock" | "randomBytes"> {
  readonly closing: AbortSignal;
}

/**
 * Asks the super admins of a group to re-add this installation while it may have a fork of the group. The one-shot group
 * that carries the request also records it: it is stored before a Welcome is sent, a call after a crash resumes with it,
 * and it is deleted once the fork is healed. `requests` are those for this group, newest first.
 */
export async function requestReadd(
  group: MlsGroup,
  requests: readonly Oneshot[],
  parts: RequestReaddParts,
): Promise<void> {
  const { active, fork } = group;
  const { clock, closing } = parts;
  if (active && fork && allowsReadds(group)) {
    const [newest] = requests;
    const isRequested = newest && !mayRepeat(newest, fork, clock);
    const current = isRequested
      ? newest.group
      : await createRequest(group, parts);
    await sendToSuperAdmins(current, group, parts);
    await deleteAll(requests.filter((one) => one.group !== current));
  } else if (requests.length > 0) {
    // Messages that were pending during the fork are sent.
    if (active) await syncConversation(group, parts, closing);
    await deleteAll(
      requests.filter((request) => ageNs(request, clock) >= readdIntervalNs),
    );
  }
}

async function createRequest(
  group: MlsGroup,
  { installation, inboxId, randomBytes, log }: RequestReaddParts,
): Promise<MlsGroup> {
  const request = {
    groupId: group.id,
    latestCommitSequenceId: group.cursor,
  };
  const options = { randomBytes };
  const oneshot = await installation.createGroup({
    extensions: newReaddRequestExtensions(inboxId, request, options),
  });
  log("readd.asked", { group: group.id, epoch: group.epoch });
  return oneshot;
}

/** Adds the super admins to the one-shot group; changes nothing if all of them are members. */
async function sendToSuperAdmins(
  oneshot: MlsGroup,
  { extensions }: MlsGroup,
  parts: RequestReaddParts,
): Promise<void> {
  const { superAdmins } = readMutableMetadata(extensions);
  const members = [...readMembership(extensions).sequenceIds.keys()];
  const add = members.filter((id) => superAdmins.includes(id));
  await updateMembers(oneshot, { add }, parts, parts.closing);
}

/** True after one hour for a new fork, after a day for the same one. */
function mayRepeat(newest: Oneshot, { sinceNs }: Fork, clock: Clock): boolean {
  const isOfThisFork = newest.group.createdAtNs >= sinceNs;
  const waitNs = isOfThisFork ? repeatAfterNs : readdIntervalNs;
  return ageNs(newest, clock) >= waitNs;
}

function ageNs({ group }: Oneshot, clock: Clock): bigint {
  return nowNs(clock) - group.createdAtNs;
}

async function deleteAll(oneshots: readonly Oneshot[]): Promise<void> {
  for (const { group } of oneshots) await group.forget();
}
