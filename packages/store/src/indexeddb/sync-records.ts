import type { InstallationId } from "@history-sync/primitives";
import type { Bytes } from "./keys.js";

/** A request or an available archive, as `sync-worker` encodes it. */
export interface StateRecord {
  readonly id: string;
  readonly state: Bytes;
}

/** Changes of preferences that wait to be told: a protobuf message. */
export interface UnsentRecord {
  readonly id: string;
  readonly updates: Bytes;
}

/** The installations that the HMAC key was made for. */
export type AudienceRecord = readonly InstallationId[];
