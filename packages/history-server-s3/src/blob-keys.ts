import { type BlobId, isBlobId } from "@history-sync/history-client/contract";
import { type BlobInfo, blobId } from "@history-sync/history-server";

/** The facts about a blob that the name of an object in `expiry/` holds. */
export interface ExpiryNote {
  readonly id: BlobId;
  readonly expiresAtMs: number;
  readonly size: number;
}

/** The keys of a blob's objects. None is made but of an id that has passed its check. */
export interface BlobKeys {
  readonly blobs: string;
  readonly data: string;
  readonly expiry: string;
  manifest(id: BlobId): string;
  /** Another one for each time, so that an earlier blob of the id stays whole until its manifest changes. */
  dataOf(id: BlobId, nowMs: number): string;
  expiryOf(id: BlobId, info: BlobInfo): string;
}

// Enough for 300,000 years. All of the same length, so that they are listed by time.
const timeDigits = 16;

export function blobKeys(prefix: string): BlobKeys {
  const blobs = `${prefix}blobs/`;
  const data = `${prefix}data/`;
  const expiry = `${prefix}expiry/`;
  return {
    blobs,
    data,
    expiry,
    manifest: (id) => blobs + blobId(id),
    // "!" comes before all that is in an id, so that data and manifests are listed in the same order.
    dataOf: (id, nowMs) => `${data}${blobId(id)}!${nowMs}`,
    expiryOf(id, { expiresAtMs, size }) {
      const time = `${expiresAtMs}`.padStart(timeDigits, "0");
      return `${expiry}${time}!${size}!${blobId(id)}`;
    },
  };
}

/** Reads the name of an object in `expiry/`; undefined for one that isn't ours. */
export function expiryNote(name: string): ExpiryNote | undefined {
  const [time = "", size = "", id = "", ...more] = name.split("!");
  const isOurs = /^\d{16}$/.test(time) && /^\d{1,16}$/.test(size);
  if (!isOurs || more.length > 0 || !isBlobId(id)) return undefined;
  return { id, expiresAtMs: Number(time), size: Number(size) };
}

/** Reads the id of an object in `data/`; undefined for one that isn't ours. */
export function idOfData(name: string): BlobId | undefined {
  const id = /^([^!]+)!\d+$/.exec(name)?.[1] ?? "";
  return isBlobId(id) ? id : undefined;
}
