import type { InstallationId } from "@history-sync/primitives";
import { IdentityError } from "./errors.js";
import { type MemberIdentifier, memberKey, sameMember } from "./identifier.js";
import { type SignedAction, signaturesOf } from "./identity-update.js";
import { inboxIdOf } from "./inbox-id.js";
import { type InboxMember, type InboxState, memberOf } from "./inbox-state.js";
import type { VerifiedSignature } from "./signature.js";

/** A state that the actions of one update work on; `applyUpdate` owns it. */
export interface RunningState extends InboxState {
  readonly members: Map<string, InboxMember>;
  readonly revoked: Set<InstallationId>;
}

type Verified<Kind> = Extract<
  SignedAction<VerifiedSignature>,
  { readonly kind: Kind }
>;

/** Does one action, or throws; the checks come in the order in which every reader of the log makes them. */
export function applyAction(
  state: RunningState | undefined,
  action: SignedAction<VerifiedSignature>,
  clientTimestampNs: bigint,
): RunningState {
  if (action.kind === "create-inbox") return createInbox(state, action);
  if (state === undefined) {
    throw new IdentityError("not-created", "no inbox was created before");
  }
  refuseReplay(state, signaturesOf(action));
  if (action.kind === "add") return add(state, action, clientTimestampNs);
  requireRecovery(state, action.signature);
  if (action.kind === "change-recovery") {
    return { ...state, recovery: action.recovery };
  }
  return revoke(state, action.member);
}

function createInbox(
  state: RunningState | undefined,
  { owner, nonce, signature }: Verified<"create-inbox">,
): RunningState {
  if (state !== undefined) {
    throw new IdentityError("already-created", "the inbox exists");
  }
  if (!sameMember(signature.signer, owner)) {
    throw new IdentityError("missing-member", "the owner didn't sign");
  }
  if (isLegacy(signature) && nonce !== 0n) throw legacyReuse();
  const member: InboxMember = { identifier: owner, ...chainOf(signature) };
  return {
    inboxId: inboxIdOf(owner, nonce),
    members: new Map([[memberKey(owner), member]]),
    recovery: owner,
    seenSignatures: new Set(),
    revoked: new Set(),
  };
}

function add(
  state: RunningState,
  { member, existingSignature, newSignature }: Verified<"add">,
  addedAtNs: bigint,
): RunningState {
  const { signer: existing } = existingSignature;
  if (!sameMember(newSignature.signer, member)) {
    throw new IdentityError(
      "new-member-mismatch",
      `the signature of the new ${member.kind} is another's`,
    );
  }
  if (sameMember(existing, member)) {
    throw new IdentityError("added-itself", "a member can't add itself");
  }
  if (
    existing.kind !== "installation" &&
    (isLegacy(newSignature) || isLegacy(existingSignature)) &&
    state.inboxId !== inboxIdOf(existing, 0n)
  ) {
    throw legacyReuse();
  }
  requireSameChain(state, existingSignature);
  if (memberOf(state, existing) === undefined) {
    if (!sameMember(existing, state.recovery)) {
      throw new IdentityError(
        "missing-member",
        `the ${existing.kind} that signed is no member`,
      );
    }
    if (isLegacy(existingSignature)) throw legacyReuse();
  }
  if (existing.kind === "installation" && member.kind === "installation") {
    throw new IdentityError(
      "member-not-allowed",
      "an installation may not add an installation",
    );
  }
  const added: InboxMember = {
    identifier: member,
    addedBy: existing,
    addedAtNs,
    ...chainOf(newSignature),
  };
  state.members.set(memberKey(member), added);
  if (member.kind === "installation") state.revoked.delete(member.identifier);
  return state;
}

/** Takes the member out, with the installations that it added itself; it may have gone before. */
function revoke(state: RunningState, target: MemberIdentifier): RunningState {
  for (const [key, { identifier, addedBy }] of state.members) {
    const child =
      identifier.kind === "installation" &&
      addedBy !== undefined &&
      sameMember(addedBy, target);
    if (!child && !sameMember(identifier, target)) continue;
    state.members.delete(key);
    if (identifier.kind === "installation") {
      state.revoked.add(identifier.identifier);
    }
  }
  return state;
}

function refuseReplay(
  { seenSignatures }: InboxState,
  signatures: readonly VerifiedSignature[],
): void {
  if (signatures.some(({ replayKey }) => seenSignatures.has(replayKey))) {
    throw new IdentityError(
      "replayed-signature",
      "an earlier update had this signature",
    );
  }
}

function requireRecovery(
  state: InboxState,
  signature: VerifiedSignature,
): void {
  requireSameChain(state, signature);
  if (isLegacy(signature)) {
    throw new IdentityError(
      "signature-not-allowed",
      "a legacy key may not revoke or change the recovery identifier",
    );
  }
  if (!sameMember(signature.signer, state.recovery)) {
    throw new IdentityError(
      "missing-member",
      "the recovery identifier didn't sign",
    );
  }
}

function requireSameChain(
  state: InboxState,
  signature: VerifiedSignature,
): void {
  const member = memberOf(state, signature.signer);
  if (member !== undefined && member.chainId !== signature.chainId) {
    throw new IdentityError(
      "wrong-chain",
      `expected a signature from ${chainName(member.chainId)}, got one from ${chainName(signature.chainId)}`,
    );
  }
}

function isLegacy({ kind }: VerifiedSignature): boolean {
  return kind === "delegated-erc-191";
}

function legacyReuse(): IdentityError {
  return new IdentityError(
    "legacy-signature-reuse",
    "a legacy key may only speak for its wallet's inbox with nonce 0",
  );
}

function chainOf({ chainId }: VerifiedSignature): Pick<InboxMember, "chainId"> {
  return chainId === undefined ? {} : { chainId };
}

function chainName(chainId: bigint | undefined): string {
  return chainId === undefined ? "no chain" : `chain ${chainId}`;
}
