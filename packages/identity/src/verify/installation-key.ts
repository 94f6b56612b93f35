import { installationIdOf, toHex } from "@history-sync/primitives";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { IdentityError } from "../errors.js";
import { type InstallationIdentifier, installation } from "../identifier.js";
import type { InstallationKeySignature } from "../signature.js";

/** The context that separates a signature for the log from others by the same key (RFC 8032 section 8.3). */
export const installationKeyContext: Uint8Array = new TextEncoder().encode(
  "IDENTITY UPDATE SIGNATURE",
);

/** Checks Ed25519ph over the text (RFC 8032 section 5.1, strict encodings). */
export function verifyInstallationKey(
  text: string,
  { bytes, publicKey }: InstallationKeySignature,
): { readonly signer: InstallationIdentifier; readonly replayKey: string } {
  const sizes = bytes.length === 64 && publicKey.length === 32;
  const message = new TextEncoder().encode(text);
  const context = installationKeyContext;
  if (
    !sizes ||
    !ed25519ph.verify(bytes, message, publicKey, { context, zip215: false })
  ) {
    throw new IdentityError(
      "invalid-signature",
      `the installation's signature of ${bytes.length} bytes with a key of ${publicKey.length} isn't one over this text`,
    );
  }
  return {
    signer: installation(installationIdOf(publicKey)),
    replayKey: toHex(bytes),
  };
}
