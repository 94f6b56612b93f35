import type { InstallationId } from "@history-sync/primitives";
import { type DraftAction, draftUpdate, type UpdateDraft } from "./draft.js";
import { IdentityError } from "./errors.js";
import {
  checked,
  type Identifier,
  installation,
  type MemberIdentifier,
} from "./identifier.js";
import { inboxIdOf } from "./inbox-id.js";
import { type InboxState, installationsOf, memberOf } from "./inbox-state.js";
import { maxInstallations } from "./limits.js";

/** The nonce with which XMTP's SDKs create a first inbox. */
export const firstNonce = 1n;

/** The owner, the nonce and the time of a new inbox. */
export interface CreateInboxOptions {
  /** Another number gives the same owner another inbox; `firstNonce` where nothing is said. */
  readonly nonce?: bigint;
  readonly clientTimestampNs: bigint;
}

/** A new inbox with its first installation; the owner and the installation sign. */
export function createInbox(
  owner: Identifier,
  first: InstallationId,
  { nonce = firstNonce, clientTimestampNs }: CreateInboxOptions,
): UpdateDraft {
  return draftUpdate({
    inboxId: inboxIdOf(checked(owner), nonce),
    clientTimestampNs,
    actions: [
      { kind: "create-inbox", owner, nonce, by: owner },
      { kind: "add", member: installation(first), by: owner },
    ],
  });
}

/** The member of the inbox that signs an update, and the time that the update states. */
export interface ByMember {
  /** A wallet or passkey of the inbox, or its recovery identifier. */
  readonly by: Identifier;
  readonly clientTimestampNs: bigint;
}

/**
 * Drafts the update that adds an installation. `by` and the installation sign.
 *
 * @throws {IdentityError} `too-many-installations`, `already-a-member`
 */
export function addInstallation(
  state: InboxState,
  added: InstallationId,
  { by, clientTimestampNs }: ByMember,
): UpdateDraft {
  const member = installation(added);
  refuseMember(state, member);
  const { length } = installationsOf(state);
  if (length >= maxInstallations) {
    throw new IdentityError(
      "too-many-installations",
      `the inbox has ${length} of ${maxInstallations} installations`,
    );
  }
  return changeOf(state, clientTimestampNs, [{ kind: "add", member, by }]);
}

/**
 * Drafts the update that adds a wallet or passkey. `by` and the new one sign.
 *
 * @throws {IdentityError} `already-a-member`
 */
export function addIdentifier(
  state: InboxState,
  member: Identifier,
  { by, clientTimestampNs }: ByMember,
): UpdateDraft {
  refuseMember(state, member);
  return changeOf(state, clientTimestampNs, [{ kind: "add", member, by }]);
}

/** The time that an update states which the recovery identifier signs, in nanoseconds since the Unix epoch. */
export interface ByRecovery {
  readonly clientTimestampNs: bigint;
}

/**
 * Drafts the update that revokes installations, with one signature: the recovery identifier's.
 *
 * @throws {IdentityError} `not-a-member`
 */
export function revokeInstallations(
  state: InboxState,
  revoked: readonly InstallationId[],
  options: ByRecovery,
): UpdateDraft {
  return revokeMembers(state, revoked.map(installation), options);
}

/** Members out; installations that a wallet or passkey added go with it. The recovery identifier signs. */
export function revokeMembers(
  state: InboxState,
  members: readonly MemberIdentifier[],
  { clientTimestampNs }: ByRecovery,
): UpdateDraft {
  for (const member of members) {
    if (memberOf(state, member) === undefined) {
      throw new IdentityError(
        "not-a-member",
        `the ${member.kind} to revoke isn't in the inbox`,
      );
    }
  }
  const by = state.recovery;
  return changeOf(
    state,
    clientTimestampNs,
    members.map((member) => ({ kind: "revoke", member, by })),
  );
}

/** Another recovery identifier; the one in force signs, the new one doesn't. */
export function changeRecovery(
  state: InboxState,
  recovery: Identifier,
  { clientTimestampNs }: ByRecovery,
): UpdateDraft {
  const by = state.recovery;
  return changeOf(state, clientTimestampNs, [
    { kind: "change-recovery", recovery, by },
  ]);
}

function changeOf(
  { inboxId }: InboxState,
  clientTimestampNs: bigint,
  actions: readonly DraftAction[],
): UpdateDraft {
  return draftUpdate({ inboxId, clientTimestampNs, actions });
}

function refuseMember(state: InboxState, member: MemberIdentifier): void {
  if (memberOf(state, member) !== undefined) {
    throw new IdentityError(
      "already-a-member",
      `the ${member.kind} to add is in the inbox`,
    );
  }
}
