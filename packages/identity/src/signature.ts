import type { MemberIdentifier } from "./identifier.js";

/** A signature over an update's text, as it is sent: not verified yet. */
export type Signature =
  | Erc191Signature
  | SmartContractSignature
  | InstallationKeySignature
  | PasskeySignature
  | DelegatedSignature;

/** By a wallet's key. */
export interface Erc191Signature {
  readonly kind: "erc-191";
  /** r, s and v: 65 bytes, s in the lower half of the curve's order, v 27 or 28 in what we write. */
  readonly bytes: Uint8Array;
}

/** By a contract on a chain (ERC-6492 or ERC-1271). */
export interface SmartContractSignature {
  readonly kind: "erc-6492";
  /** CAIP-10: `eip155:CHAIN:ADDRESS`. */
  readonly accountId: string;
  /** The block at which it is valid; 0 names none. */
  readonly blockNumber: bigint;
  readonly bytes: Uint8Array;
}

/** By an installation: Ed25519ph. */
export interface InstallationKeySignature {
  readonly kind: "installation-key";
  /** 64 bytes. */
  readonly bytes: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A WebAuthn assertion with the text as challenge. */
export interface PasskeySignature {
  readonly kind: "passkey";
  /** P-256, SEC1. */
  readonly publicKey: Uint8Array;
  /** DER. */
  readonly bytes: Uint8Array;
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
}

/** By a key of XMTP's earlier protocol, in the name of the wallet that signed the key. */
export interface DelegatedSignature {
  readonly kind: "delegated-erc-191";
  /** Like those of a wallet. */
  readonly bytes: Uint8Array;
  /** A serialised `xmtp.message_contents.SignedPublicKey`. */
  readonly delegatedKey: Uint8Array;
}

declare const verified: unique symbol;

/**
 * Who signed; only `verifySignature` makes one. Its kind follows from who signed: a wallet never signs as an
 * installation or a passkey does, nor these as others do.
 */
export interface VerifiedSignature {
  readonly [verified]: true;
  readonly signer: MemberIdentifier;
  readonly kind: Signature["kind"];
  /** Equal for all forms of one signature; hex. */
  readonly replayKey: string;
  /** Of a smart-contract wallet. */
  readonly chainId?: bigint;
}
