import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { RandomBytes } from "@history-sync/primitives";
import {
  WelcomeWrapperAlgorithm,
  WelcomeWrapperEncryptionSchema,
} from "@history-sync/proto/mls-api";
import type { ReadKeyPackage } from "../engine/engine.js";
import { MlsGroupError } from "../errors.js";
import { type Extension, extensionTypes } from "../parameters.js";
import type { KeyPair } from "../ports/group-state-store.js";
import {
  publicKeyBytes,
  type WelcomeKey,
  xWingPublicKey,
} from "./welcome-wrapping.js";

// An X-Wing private key is a seed.
const seedBytes = 32;

/** Creates a key for Welcomes to this installation that resists quantum computers, too. */
export async function newWelcomeKey(
  randomBytes: RandomBytes,
): Promise<KeyPair> {
  const privateKey = randomBytes(seedBytes);
  return { publicKey: await xWingPublicKey(privateKey), privateKey };
}

/** Returns the key package extension that requests Welcomes under this key. */
export function welcomeKeyExtension({ publicKey }: KeyPair): Extension {
  const asked = create(WelcomeWrapperEncryptionSchema, {
    pubKey: publicKey,
    algorithm: WelcomeWrapperAlgorithm.XWING_MLKEM_768_DRAFT_6,
  });
  const data = toBinary(WelcomeWrapperEncryptionSchema, asked);
  return { type: extensionTypes.welcomeWrapper, data };
}

/**
 * Returns the key that Welcomes for the owner of a key package are encrypted to.
 *
 * @throws {MlsGroupError} `invalid-key-package`
 */
export function welcomeKeyOf({
  extensions,
  initKey,
}: Pick<ReadKeyPackage, "extensions" | "initKey">): WelcomeKey {
  const asked = extensions.find(
    ({ type }) => type === extensionTypes.welcomeWrapper,
  );
  const { algorithm, publicKey } = asked ? read(asked) : unasked(initKey);
  if (
    algorithm !== WelcomeWrapperAlgorithm.CURVE25519 &&
    algorithm !== WelcomeWrapperAlgorithm.XWING_MLKEM_768_DRAFT_6
  ) {
    return unasked(initKey);
  }
  const expected = publicKeyBytes[algorithm];
  if (publicKey.length === expected) return { algorithm, publicKey };
  throw new MlsGroupError(
    "invalid-key-package",
    `expected a key of ${expected} bytes for Welcomes, got ${publicKey.length}`,
  );
}

function unasked(initKey: Uint8Array): WelcomeKey {
  return { algorithm: WelcomeWrapperAlgorithm.CURVE25519, publicKey: initKey };
}

function read({ data }: Extension): {
  readonly algorithm: WelcomeWrapperAlgorithm;
  readonly publicKey: Uint8Array;
} {
  try {
    const asked = fromBinary(WelcomeWrapperEncryptionSchema, data);
    return { algorithm: asked.algorithm, publicKey: asked.pubKey };
  } catch (cause) {
    throw new MlsGroupError(
      "invalid-key-package",
      `expected a key for Welcomes, got ${data.length} bytes that are none`,
      { cause },
    );
  }
}
