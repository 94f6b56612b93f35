// Messages of our own packages.
export * from "./gen/history_sync/state/v1/import_state_pb.js";
export * from "./gen/history_sync/state/v1/request_state_pb.js";
export * from "./gen/history_sync/v1/archive_manifest_pb.js";
export * from "./gen/history_sync/v1/sealed_archive_pb.js";
export * from "./gen/history_sync/v1/sync_request_pb.js";
