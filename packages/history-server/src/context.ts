import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { BlobStore } from "./blob-store.js";
import type { AddressLimits } from "./guard/address-limits.js";
import type { Space } from "./guard/space.js";
import type { ResumableUploads } from "./resumable-uploads.js";

/** The client of a request. */
export interface Peer {
  /** Of the client itself, where a trusted proxy tells it. */
  readonly address: string;
}

/** The parts that all resources use. */
export interface Context {
  readonly blobs: BlobStore;
  readonly resumable: ResumableUploads | undefined;
  readonly maxBytes: number;
  readonly ttlMs: number;
  readonly limits: AddressLimits;
  readonly space: Space;
  readonly uploadTokenSecret: Uint8Array | undefined;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}

export type Route = (
  request: Request,
  context: Context,
  peer: Peer,
) => Promise<Response>;

/** Its methods. */
export type Resource = Readonly<Record<string, Route>>;
