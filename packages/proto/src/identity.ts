export * from "./gen/xmtp/identity/credential_pb.js";
