// One flat surface over XMTP's identity messages, and the legacy key that one of them embeds.
export * from "./gen/xmtp/identity/associations/association_pb.js";
export * from "./gen/xmtp/identity/associations/signature_pb.js";
export * from "./gen/xmtp/identity/credential_pb.js";
export {
  type SignedPublicKey,
  SignedPublicKeySchema,
  type UnsignedPublicKey,
  UnsignedPublicKeySchema,
} from "./gen/xmtp/message_contents/public_key_pb.js";
