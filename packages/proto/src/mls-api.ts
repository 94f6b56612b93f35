// The node's MLS service, with the messages of XMTP's that only it uses.
export * from "./gen/xmtp/mls/api/v1/mls_pb.js";
export * from "./gen/xmtp/mls/message_contents/commit_log_pb.js";
export * from "./gen/xmtp/mls/message_contents/wrapper_encryption_pb.js";
