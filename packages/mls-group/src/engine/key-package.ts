import { signaturePublicKey } from "#ciphersuite";
import { MlsGroupError } from "../errors.js";
import {
  type Extension,
  groupContextExtensionsProposal,
} from "../parameters.js";
import { keyPackageOf } from "./codec.js";
import type { NewLeaf, ReadKeyPackage } from "./engine.js";
import { fromEngineExtension, toEngineExtension } from "./extensions.js";
import { memberOf } from "./leaves.js";
import {
  type CiphersuiteImpl,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
  verifyKeyPackage,
  verifyLeafNodeSignatureKeyPackage,
} from "./ts-mls.js";

export interface KeyPackageContents {
  /** The numbers of the extensions that its owner supports. */
  readonly capableOf: readonly number[];
  readonly extensions?: readonly Extension[];
  readonly leafExtensions?: readonly Extension[];
}

export function newKeyPackage(
  leaf: NewLeaf,
  contents: KeyPackageContents,
  suite: CiphersuiteImpl,
): Promise<{ publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }> {
  const { signatureKey, credential, notBefore, notAfter } = leaf;
  const { capableOf, extensions = [], leafExtensions = [] } = contents;
  return generateKeyPackageWithKey(
    { credentialType: "basic", identity: credential },
    {
      versions: ["mls10"],
      ciphersuites: [suite.name],
      extensions: [...capableOf],
      proposals: [groupContextExtensionsProposal],
      credentials: ["basic"],
    },
    { notBefore, notAfter },
    extensions.map(toEngineExtension),
    { signKey: signatureKey, publicKey: signaturePublicKey(signatureKey) },
    suite,
    leafExtensions.map(toEngineExtension),
  );
}

/** Checks a key package by RFC 9420 section 10.1, except for its lifetime. */
export async function readKeyPackage(
  bytes: Uint8Array,
  suite: CiphersuiteImpl,
): Promise<ReadKeyPackage> {
  const keyPackage = keyPackageOf(bytes);
  const { leafNode, initKey, cipherSuite } = keyPackage;
  const signed =
    (await verifyKeyPackage(keyPackage, suite.signature)) &&
    (await verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature));
  const usable = signed && cipherSuite === suite.name;
  if (!usable || leafNode.leafNodeSource !== "key_package") {
    throw new MlsGroupError(
      "invalid-key-package",
      `expected a signed key package of suite 3, got ${bytes.length} bytes that are none`,
    );
  }
  return {
    ...memberOf(leafNode),
    ...leafNode.lifetime,
    bytes,
    initKey: initKey.slice(),
    encryptionKey: leafNode.hpkePublicKey.slice(),
    extensions: keyPackage.extensions.map(fromEngineExtension),
    leafExtensions: leafNode.extensions.map(fromEngineExtension),
    capabilities: leafNode.capabilities,
  };
}
