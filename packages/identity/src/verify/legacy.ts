import { fromBinary } from "@bufbuild/protobuf";
import { concatBytes, toHex } from "@history-sync/primitives";
import {
  SignedPublicKeySchema,
  UnsignedPublicKeySchema,
} from "@history-sync/proto/identity";
import { IdentityError } from "../errors.js";
import type { Identifier } from "../identifier.js";
import type { DelegatedSignature } from "../signature.js";
import { addressOf, recoverAddress } from "./erc191.js";

/** Returns the text that a wallet signed for a key of the earlier protocol. */
export function createIdentityText(keyBytes: Uint8Array): string {
  return `XMTP : Create Identity\n${toHex(keyBytes)}\n\nFor more info: https://xmtp.org/signatures/`;
}

/**
 * Checks that the legacy key signed the text, and that a wallet signed the key: the wallet is the signer.
 * The replay key is that of the wallet's signature, so that one legacy key serves one update only.
 */
export function verifyLegacy(
  text: string,
  signature: DelegatedSignature,
): { readonly signer: Identifier; readonly replayKey: string } {
  const { publicKey, keyBytes, walletSignature } = legacyKey(
    signature.delegatedKey,
  );
  const bySigner = recoverAddress(text, signature.bytes);
  if (addressOfLegacyKey(publicKey) !== bySigner.address) {
    throw new IdentityError(
      "invalid-signature",
      "the legacy key didn't sign this text",
    );
  }
  const byWallet = recoverAddress(
    createIdentityText(keyBytes),
    walletSignature,
  );
  return {
    signer: { kind: "ethereum", identifier: byWallet.address },
    replayKey: byWallet.replayKey,
  };
}

interface LegacyKey {
  readonly publicKey: Uint8Array;
  readonly keyBytes: Uint8Array;
  readonly walletSignature: Uint8Array;
}

function legacyKey(delegatedKey: Uint8Array): LegacyKey {
  try {
    const { keyBytes, signature } = fromBinary(
      SignedPublicKeySchema,
      delegatedKey,
    );
    const key = fromBinary(UnsignedPublicKeySchema, keyBytes).union.value;
    const byWallet = signature?.union.value;
    if (
      key !== undefined &&
      byWallet !== undefined &&
      byWallet.recovery < 256
    ) {
      const v = Uint8Array.of(byWallet.recovery);
      const walletSignature = concatBytes(byWallet.bytes, v);
      return { publicKey: key.bytes, keyBytes, walletSignature };
    }
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function addressOfLegacyKey(publicKey: Uint8Array): string {
  try {
    return addressOf(publicKey);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): IdentityError {
  return new IdentityError(
    "invalid-signature",
    "the legacy key is no key that a wallet signed",
    { cause },
  );
}
