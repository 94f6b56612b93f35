import { concatBytes, installationIdOf } from "@history-sync/primitives";
import { ed25519, ed25519ph } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { IdentityError } from "../errors.js";
import { ethereum } from "../identifier.js";
import type { InstallationSigner, Signer } from "../signer.js";
import { addressOf, personalMessageHash } from "../verify/erc191.js";
import { installationKeyContext } from "../verify/installation-key.js";

/**
 * Returns the signer of a wallet that is one secp256k1 key of 32 bytes.
 *
 * @throws {IdentityError} `invalid-identifier` if the key isn't one
 * @example
 * ```ts
 * import { privateKeySigner } from "@history-sync/identity/private-key";
 * import { systemRandomBytes } from "@history-sync/primitives";
 *
 * const signer = privateKeySigner(systemRandomBytes(32));
 * console.log(signer.identifier().identifier); // 0x...
 * ```
 */
export function privateKeySigner(privateKey: Uint8Array): Signer {
  if (!secp256k1.utils.isValidSecretKey(privateKey)) {
    throw new IdentityError(
      "invalid-identifier",
      `expected a secp256k1 key of 32 bytes, got ${privateKey.length}`,
    );
  }
  const key = privateKey.slice();
  const identifier = ethereum(addressOf(secp256k1.getPublicKey(key)));
  return {
    identifier: () => identifier,
    async signMessage(text) {
      const hash = personalMessageHash(text);
      const signed = secp256k1.sign(hash, key, {
        prehash: false,
        format: "recovered",
      });
      const [parity = 0, ...rs] = signed;
      return concatBytes(Uint8Array.from(rs), Uint8Array.of(27 + parity));
    },
  };
}

/**
 * Returns the signer of an installation, from its Ed25519 seed of 32 bytes.
 *
 * @throws {IdentityError} `invalid-identifier` if the seed has another length
 */
export function installationKeySigner(seed: Uint8Array): InstallationSigner {
  if (seed.length !== 32) {
    throw new IdentityError(
      "invalid-identifier",
      `expected an Ed25519 seed of 32 bytes, got ${seed.length}`,
    );
  }
  const key = seed.slice();
  return {
    installationId: installationIdOf(ed25519.getPublicKey(key)),
    signText: async (text) =>
      ed25519ph.sign(new TextEncoder().encode(text), key, {
        context: installationKeyContext,
      }),
  };
}
