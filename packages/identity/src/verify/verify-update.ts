import { toHex } from "@history-sync/primitives";
import type { IdentityUpdate, SignedAction } from "../identity-update.js";
import type { Signature, VerifiedSignature } from "../signature.js";
import { signatureText } from "../signature-text.js";
import { type VerifyOptions, verifySignature } from "./verify-signature.js";

/** An update with verified signatures. `applyUpdate` decides whether its signers may do what it does. */
export type VerifiedUpdate = IdentityUpdate<VerifiedSignature>;

/** Checks all signatures of an update over the text that its fields give. */
export async function verifyUpdate(
  update: IdentityUpdate<Signature>,
  options: VerifyOptions = {},
): Promise<VerifiedUpdate> {
  const text = signatureText(update);
  // A wallet signs once for all actions of an update.
  const seen = new Map<string, VerifiedSignature>();
  const verify = async (signature: Signature): Promise<VerifiedSignature> => {
    const key = contentsOf(signature);
    const known = seen.get(key);
    if (known !== undefined) return known;
    options.signal?.throwIfAborted();
    const found = await verifySignature(text, signature, options);
    seen.set(key, found);
    return found;
  };
  const actions: SignedAction<VerifiedSignature>[] = [];
  for (const action of update.actions) {
    actions.push(
      action.kind === "add"
        ? {
            ...action,
            existingSignature: await verify(action.existingSignature),
            newSignature: await verify(action.newSignature),
          }
        : { ...action, signature: await verify(action.signature) },
    );
  }
  return { ...update, actions };
}

/** Equal for signatures with equal fields. */
function contentsOf(signature: Signature): string {
  const fields = Object.values(signature) as readonly unknown[];
  return fields
    .map((field) => (field instanceof Uint8Array ? toHex(field) : `${field}`))
    .join(" ");
}
