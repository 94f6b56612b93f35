import { create, toBinary } from "@bufbuild/protobuf";
import {
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
} from "@history-sync/primitives";
import {
  SignedPublicKeySchema,
  UnsignedPublicKeySchema,
} from "@history-sync/proto/identity";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import {
  ethereum,
  type InstallationSigner,
  type PasskeySigner,
  passkey,
  type Signature,
  type Signer,
  type SmartContractVerifier,
} from "../../src/index.js";
import {
  installationKeySigner,
  privateKeySigner,
} from "../../src/private-key/index.js";
import { personalMessageHash } from "../../src/verify/erc191.js";
import { createIdentityText } from "../../src/verify/legacy.js";

/** A key that follows from its label. */
export function seed(label: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(new TextEncoder().encode(label)));
}

export function wallet(label: string): Signer {
  return privateKeySigner(seed(`wallet ${label}`));
}

export function app(label: string): InstallationSigner {
  return installationKeySigner(seed(`installation ${label}`));
}

/** A passkey that always works on one site. */
export function key(
  label: string,
  origin = "https://a.example",
): PasskeySigner {
  const secret = seed(`passkey ${label}`);
  const identifier = passkey(toHex(p256.getPublicKey(secret)));
  return {
    identifier: () => identifier,
    async assertPasskey(challenge) {
      const text = btoa(String.fromCharCode(...challenge));
      const clientDataJson = new TextEncoder().encode(
        JSON.stringify({
          type: "webauthn.get",
          challenge: text
            .replaceAll("+", "-")
            .replaceAll("/", "_")
            .replaceAll("=", ""),
          origin,
          crossOrigin: false,
        }),
      );
      const authenticatorData = concatBytes(
        seed(origin),
        Uint8Array.of(5, 0, 0, 0, 1),
      );
      const signed = concatBytes(authenticatorData, sha256(clientDataJson));
      const signature = p256.sign(signed, secret, { format: "der" });
      return { authenticatorData, clientDataJson, signature };
    },
  };
}

/** A wallet that is a contract on a chain: its signature is a word that only `chains` understands. */
export function contract(label: string, chainId = 1n): Signer {
  const identifier = ethereum(
    `0x${toHex(seed(`contract ${label}`)).slice(24)}`,
  );
  return {
    identifier: () => identifier,
    signMessage: async (text) =>
      approval(identifier.identifier, personalMessageHash(text)),
    contract: { chainId, blockNumber: async () => 7n },
  };
}

/** Knows which words of `contract` wallets are good. */
export const chains: SmartContractVerifier = {
  isValid: async ({ address, hash, signature }) =>
    equalBytes(signature, approval(address, hash)),
};

function approval(address: string, hash: Uint8Array): Uint8Array {
  return sha256(concatBytes(fromHex(address.slice(2)), hash));
}

/** A signature over the text by a key of the earlier protocol, which the wallet with this label signed. */
export async function legacySignature(
  label: string,
  text: string,
): Promise<Signature> {
  const secret = seed(`legacy key ${label}`);
  const bytes = secp256k1.getPublicKey(secret, false);
  const keyBytes = toBinary(
    UnsignedPublicKeySchema,
    create(UnsignedPublicKeySchema, {
      createdNs: 1_600_000_000_000_000_000n,
      union: { case: "secp256k1Uncompressed", value: { bytes } },
    }),
  );
  const byWallet = await wallet(label).signMessage(
    createIdentityText(keyBytes),
  );
  const union = {
    case: "walletEcdsaCompact",
    value: {
      bytes: byWallet.subarray(0, 64),
      recovery: (byWallet[64] ?? 0) - 27,
    },
  } as const;
  return {
    kind: "delegated-erc-191",
    bytes: await privateKeySigner(secret).signMessage(text),
    delegatedKey: toBinary(
      SignedPublicKeySchema,
      create(SignedPublicKeySchema, { keyBytes, signature: { union } }),
    ),
  };
}

/** A P-256 signature (DER) with s on the other side of the middle: either can be computed from the other. */
export function otherS(der: Uint8Array): Uint8Array {
  const { r, s } = p256.Signature.fromBytes(der, "der");
  return new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes("der");
}
