// The node's identity service.
export * from "./gen/xmtp/identity/api/v1/identity_pb.js";
