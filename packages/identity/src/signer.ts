import {
  fromHex,
  type InstallationId,
  idBytes,
} from "@history-sync/primitives";
import {
  type Identifier,
  installation,
  type MemberIdentifier,
} from "./identifier.js";
import type { Signature } from "./signature.js";
import { withLowS } from "./verify/erc191.js";

/** A user's wallet. */
export interface Signer {
  /** An address: `kind` is `ethereum`. */
  identifier(): Identifier;
  /** Signs the text as wallets do (EIP-191): r, s and v in 65 bytes, or what a contract calls its signature. */
  signMessage(text: string): Promise<Uint8Array>;
  /** Present where the wallet is a contract. */
  readonly contract?: {
    readonly chainId: bigint;
    /** A block at which the contract stands by the signature; 0 for none in particular. */
    blockNumber(): Promise<bigint>;
  };
}

/** The key of an installation. */
export interface InstallationSigner {
  readonly installationId: InstallationId;
  /** Ed25519ph over the text with the context `installationKeyContext`: 64 bytes. */
  signText(text: string): Promise<Uint8Array>;
}

/** A user's passkey. */
export interface PasskeySigner {
  /** A P-256 key: `kind` is `passkey`. */
  identifier(): Identifier;
  /** Has WebAuthn make an assertion over the challenge, which is the text in UTF-8. */
  assertPasskey(challenge: Uint8Array): Promise<PasskeyAssertion>;
}

/** The result of `navigator.credentials.get`, in bytes. */
export interface PasskeyAssertion {
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
  /** DER. */
  readonly signature: Uint8Array;
}

/** Anything that can sign an identity update: a wallet, an installation or a passkey. */
export type UpdateSigner = Signer | InstallationSigner | PasskeySigner;

export function identifierOf(signer: UpdateSigner): MemberIdentifier {
  return "installationId" in signer
    ? installation(signer.installationId)
    : signer.identifier();
}

/** Returns a signature over a text, in the form in which it is sent. */
export async function signatureBy(
  signer: UpdateSigner,
  text: string,
): Promise<Signature> {
  if ("installationId" in signer) {
    return {
      kind: "installation-key",
      bytes: await signer.signText(text),
      publicKey: idBytes(signer.installationId),
    };
  }
  if ("assertPasskey" in signer) {
    const assertion = await signer.assertPasskey(
      new TextEncoder().encode(text),
    );
    return {
      kind: "passkey",
      publicKey: fromHex(signer.identifier().identifier),
      bytes: assertion.signature,
      authenticatorData: assertion.authenticatorData,
      clientDataJson: assertion.clientDataJson,
    };
  }
  const bytes = await signer.signMessage(text);
  const { contract } = signer;
  if (contract === undefined) {
    return { kind: "erc-191", bytes: withLowS(bytes) };
  }
  return {
    kind: "erc-6492",
    accountId: `eip155:${contract.chainId}:${signer.identifier().identifier}`,
    blockNumber: await contract.blockNumber(),
    bytes,
  };
}
