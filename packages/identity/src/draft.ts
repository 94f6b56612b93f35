import type { InboxId } from "@history-sync/primitives";
import { IdentityError } from "./errors.js";
import {
  checked,
  type MemberIdentifier,
  memberKey,
  sameMember,
} from "./identifier.js";
import type { SignedAction, UnsignedAction } from "./identity-update.js";
import type { Signature } from "./signature.js";
import { signatureText } from "./signature-text.js";
import { identifierOf, signatureBy, type UpdateSigner } from "./signer.js";
import { verifySignature } from "./verify/verify-signature.js";
import { encodeUpdate } from "./wire/encode-update.js";

/** An action, and who has to allow it: the owner, a member, or the recovery identifier. */
export type DraftAction = UnsignedAction & { readonly by: MemberIdentifier };

/** The content of an update before it is signed. */
export interface DraftFields {
  readonly inboxId: InboxId;
  readonly clientTimestampNs: bigint;
  readonly actions: readonly DraftAction[];
}

/** An update that waits for its signatures. */
export interface UpdateDraft extends DraftFields {
  /** The text that every signer signs. */
  readonly text: string;
  /** The signers that are required, each once. */
  readonly signers: readonly MemberIdentifier[];
}

/** A signature with the member that it claims to be from. */
export interface SignatureOf {
  readonly signer: MemberIdentifier;
  readonly signature: Signature;
}

const maxTimestampNs = 2n ** 63n - 1n;

/** A draft of any actions; `createInbox` and its kin make the usual ones. */
export function draftUpdate(fields: DraftFields): UpdateDraft {
  const { clientTimestampNs: time, actions } = fields;
  if (time < 0n || time > maxTimestampNs) {
    throw new IdentityError(
      "invalid-identifier",
      "expected a time of 0 to 2^63 - 1 nanoseconds",
    );
  }
  const signers = new Map<string, MemberIdentifier>();
  for (const signer of actions.flatMap(signersOf)) {
    signers.set(memberKey(signer), checked(signer));
  }
  for (const action of actions) {
    if (action.kind === "revoke") checked(action.member);
    if (action.kind === "change-recovery") checked(action.recovery);
  }
  return {
    ...fields,
    text: signatureText(fields),
    signers: [...signers.values()],
  };
}

/**
 * Signs a draft and returns the bytes to publish. Each signer that the draft needs signs once.
 *
 * @throws {IdentityError} `missing-signature` if a signer isn't among those given, before any signs; `wrong-signer` if a
 *   wallet signed with another account
 */
export async function signUpdate(
  draft: UpdateDraft,
  signers: readonly UpdateSigner[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const needed = draft.signers.map((member) => {
    const signer = signers.find((one) => sameMember(identifierOf(one), member));
    if (signer === undefined) throw missing(member);
    return { member, signer };
  });
  const signatures: SignatureOf[] = [];
  for (const { member, signer } of needed) {
    options.signal?.throwIfAborted();
    const signature = await signatureBy(signer, draft.text);
    await requireSigner(draft.text, signature, member);
    signatures.push({ signer: member, signature });
  }
  return completeUpdate(draft, signatures);
}

/** The bytes to publish, from signatures that were made elsewhere; `publish` and every reader check them. */
export function completeUpdate(
  draft: UpdateDraft,
  signatures: readonly SignatureOf[],
): Uint8Array<ArrayBuffer> {
  const by = (member: MemberIdentifier): Signature => {
    const found = signatures.find(({ signer }) => sameMember(signer, member));
    if (found === undefined) throw missing(member);
    return found.signature;
  };
  const actions = draft.actions.map((action): SignedAction<Signature> => {
    const { by: signer, ...unsigned } = action;
    return unsigned.kind === "add"
      ? {
          ...unsigned,
          existingSignature: by(signer),
          newSignature: by(unsigned.member),
        }
      : { ...unsigned, signature: by(signer) };
  });
  const { inboxId, clientTimestampNs } = draft;
  return encodeUpdate({ inboxId, clientTimestampNs, actions });
}

async function requireSigner(
  text: string,
  signature: Signature,
  member: MemberIdentifier,
): Promise<void> {
  // Only its chain can say whether a contract signed.
  if (signature.kind === "erc-6492") return;
  const { signer } = await verifySignature(text, signature);
  if (!sameMember(signer, member)) {
    throw new IdentityError(
      "wrong-signer",
      `the ${member.kind} that was asked to sign isn't the one that did`,
    );
  }
}

function signersOf(action: DraftAction): readonly MemberIdentifier[] {
  return action.kind === "add" ? [action.by, action.member] : [action.by];
}

function missing(member: MemberIdentifier): IdentityError {
  return new IdentityError(
    "missing-signature",
    `the update needs the signature of the ${member.kind} that it names`,
  );
}
