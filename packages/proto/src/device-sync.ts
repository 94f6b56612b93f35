// One flat surface over XMTP's nested packages: their message names don't clash.
export * from "./gen/xmtp/device_sync/consent_backup/consent_backup_pb.js";
export * from "./gen/xmtp/device_sync/content/content_pb.js";
export * from "./gen/xmtp/device_sync/device_sync_pb.js";
export * from "./gen/xmtp/device_sync/event_backup/event_backup_pb.js";
export * from "./gen/xmtp/device_sync/group_backup/group_backup_pb.js";
export * from "./gen/xmtp/device_sync/message_backup/message_backup_pb.js";
