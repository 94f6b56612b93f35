import {
  groupId,
  type InboxId,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { Extension, Member } from "../../src/index.js";
import type { ProposedCommit } from "../../src/ports/authentication-service.js";
import {
  newDmExtensions,
  newGroupExtensions,
  newSyncGroupExtensions,
  type Permissions,
  withAdmin,
  withMembership,
  withMetadata,
  withPermissions,
  withSuperAdmin,
} from "../../src/xmtp/index.js";
import { app, Inboxes } from "./inboxes.js";

export const inboxes: Inboxes = new Inboxes();
export const alix = inboxes.inbox("alix");
export const bo = inboxes.inbox("bo");
export const caro = inboxes.inbox("caro");
const [phone, laptop, tablet] = [app("phone"), app("laptop"), app("tablet")];
const [boPhone, boTablet] = [app("bo's phone"), app("bo's tablet")];
const caroPhone = app("caro's phone");

// Their logs; each update's sequence id.
export const alix1 = await alix.add(phone);
export const alix2 = await alix.add(laptop);
export const bo1 = await bo.add(boPhone);
export const caro1 = await caro.add(caroPhone);
export const alix3 = await alix.add(tablet);
export const alix4 = await alix.revoke(laptop);
export const bo2 = await bo.add(boTablet);
export const bo3 = await bo.revoke(boPhone);

export const alixPhone = alix.member(phone);
export const alixLaptop = alix.member(laptop);
export const alixTablet = alix.member(tablet);
export const atBo = bo.member(boPhone);
export const atBoTablet = bo.member(boTablet);
export const atCaro = caro.member(caroPhone);

export interface Group {
  readonly extensions: readonly Extension[];
  readonly members: readonly Member[];
}

export type Change = (extensions: readonly Extension[]) => readonly Extension[];

/** The membership with these inboxes at these ids, and these installations failed. */
export function inboxesAt(
  at: readonly (readonly [InboxId, bigint])[],
  failed: readonly Member[] = [],
): Change {
  return (extensions) =>
    withMembership(extensions, {
      sequenceIds: new Map(at),
      failedInstallations: new Set(
        failed.map(({ installationId }) => installationId),
      ),
    });
}

export function attribute(name: string, value: string | undefined): Change {
  return (extensions) => withMetadata(extensions, name, value);
}

const options = { randomBytes: systemRandomBytes };

/** Alix, who is super admin, with phone and laptop; Bo with a phone. */
export const group: Group = {
  extensions: inboxesAt([
    [alix.id, alix2],
    [bo.id, bo1],
  ])(newGroupExtensions(alix.id, options)),
  members: [alixPhone, alixLaptop, atBo],
};

export function governedBy(permissions: Permissions): Group {
  const extensions = withPermissions(group.extensions, permissions);
  return { ...group, extensions };
}

export const boIsAdmin: Group = {
  ...group,
  extensions: withAdmin(group.extensions, bo.id),
};
export const twoSuperAdmins: Group = {
  ...group,
  extensions: withSuperAdmin(group.extensions, bo.id),
};

/** Of Alix and Bo, who isn't in it yet. */
export const newDm: Group = {
  extensions: inboxesAt([[alix.id, alix1]])(
    newDmExtensions(alix.id, bo.id, options),
  ),
  members: [alixPhone],
};
export const dm: Group = {
  extensions: inboxesAt([
    [alix.id, alix1],
    [bo.id, bo1],
  ])(newDm.extensions),
  members: [alixPhone, atBo],
};

/** Before its first commit. */
export const newSyncGroup: Group = {
  extensions: newSyncGroupExtensions(alix.id, options),
  members: [alixPhone],
};
export const syncGroup: Group = {
  extensions: inboxesAt([[alix.id, alix2]])(newSyncGroup.extensions),
  members: [alixPhone, alixLaptop],
};

export interface CommitFields {
  readonly in?: Group;
  readonly by?: Member;
  readonly added?: readonly Member[];
  readonly removed?: readonly Member[];
  readonly change?: Change;
}

/** A commit of Alix' phone in `group`, where nothing else is said. */
export function commit(fields: CommitFields): ProposedCommit {
  const { members, extensions } = fields.in ?? group;
  return {
    groupId: groupId("00".repeat(16)),
    epoch: 1n,
    committer: fields.by ?? alixPhone,
    added: fields.added ?? [],
    removed: fields.removed ?? [],
    members,
    extensions,
    nextExtensions: fields.change ? fields.change(extensions) : extensions,
    own: false,
  };
}
