// Only this file imports the engine's package, which `patches/` mends and the build compiles into this file. It
// imports module by module, so that only what is used is compiled.
export type {
  CiphersuiteImpl,
  ClientState,
  EpochReceiverData,
  FramedContent,
  KeyPackage,
  LeafNode,
  MLSMessage,
  PrivateKeyPackage,
  PrivateMessage,
  Proposal,
} from "ts-mls";
export {
  addHistoricalReceiverData,
  createGroup,
  decodeGroupState,
  encodeGroupState,
  joinGroup,
} from "ts-mls/clientState.js";
export { encode } from "ts-mls/codec/tlsEncoder.js";
export { createCommit } from "ts-mls/createCommit.js";
export { createApplicationMessage } from "ts-mls/createMessage.js";
export { makeHashImpl } from "ts-mls/crypto/implementation/default/makeHashImpl.js";
export { makeKdfImpl } from "ts-mls/crypto/implementation/default/makeKdfImpl.js";
export { makeGenericHpke } from "ts-mls/crypto/implementation/hpke.js";
export {
  decodeEpochReceiverData,
  epochReceiverDataEncoder,
} from "ts-mls/epochReceiverData.js";
export {
  decodeKeyPackage,
  encodeKeyPackage,
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  verifyKeyPackage,
} from "ts-mls/keyPackage.js";
export { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
export { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
export { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
export { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
export { processPrivateMessage } from "ts-mls/processMessages.js";
export { emptyPskIndex } from "ts-mls/pskIndex.js";
export {
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
} from "ts-mls/ratchetTree.js";
export { decodeRequiredCapabilities } from "ts-mls/requiredCapabilities.js";
export {
  decryptGroupInfo,
  decryptGroupSecrets,
  type Welcome,
} from "ts-mls/welcome.js";
