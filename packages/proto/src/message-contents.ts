// One flat surface over XMTP's message contents.
export * from "./gen/xmtp/mls/message_contents/content_pb.js";
export * from "./gen/xmtp/mls/message_contents/content_types/leave_request_pb.js";
export * from "./gen/xmtp/mls/message_contents/group_membership_pb.js";
export * from "./gen/xmtp/mls/message_contents/group_metadata_pb.js";
export * from "./gen/xmtp/mls/message_contents/group_mutable_metadata_pb.js";
export * from "./gen/xmtp/mls/message_contents/group_permissions_pb.js";
