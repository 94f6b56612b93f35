// The one place that names the engine's package; some of what is needed stands beside its main entry.
export {
  type CiphersuiteImpl,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeGroupState,
  decodeMlsMessage,
  defaultKeyPackageEqualityConfig,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type IncomingMessageCallback,
  joinGroup,
  type KeyPackage,
  type LeafNode,
  type MLSMessage,
  type PrivateMessage,
  type Proposal,
  processPrivateMessage,
} from "ts-mls";
export {
  decodeKeyPackage,
  encodeKeyPackage,
  verifyKeyPackage,
} from "ts-mls/keyPackage.js";
export { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
export { decryptSenderData } from "ts-mls/privateMessage.js";
