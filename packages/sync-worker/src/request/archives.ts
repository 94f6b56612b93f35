import { type Clock, nowNs } from "@history-sync/primitives";
import {
  BackupElementKind,
  type BackupMetadataSave,
  type DeviceSyncReply,
} from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { SyncWorkerError } from "../errors.js";
import type { ArchiveShelf } from "./request-store.js";
import type { AvailableArchive, SealedArchive } from "./sync-request.js";

const archiveKeyBytes = 32;
// As long as XMTP's history server keeps an archive.
const defaultTtlNs = 7n * 24n * 60n * 60n * 1_000_000_000n;
// More than honest installations tell of in a week.
const maxArchives = 100;

/** An archive that can be imported by its pin, without its key. */
export interface ListedArchive extends Omit<AvailableArchive, "archive"> {
  readonly metadata?: BackupMetadataSave;
  readonly expiresAtNs: bigint;
}

/**
 * Returns the archive that a reply announces.
 *
 * @throws {SyncWorkerError} `invalid-reply`
 */
export function repliedArchive(
  { id, sender, sentAtNs }: DeviceSyncMessage,
  reply: DeviceSyncReply,
): AvailableArchive {
  const { kind, requestId: pin } = reply;
  if (kind !== BackupElementKind.UNSPECIFIED) {
    throw new SyncWorkerError(
      "invalid-reply",
      `expected a reply without a kind, got kind ${kind}`,
    );
  }
  return { id, pin, sender, sentAtNs, archive: archiveIn(reply) };
}

/** Stores an archive until it expires. Of too many, the newest are kept. */
export async function keepArchive(
  available: AvailableArchive,
  archives: ArchiveShelf,
): Promise<void> {
  await archives.put(available);
  const kept = await archives.list();
  for (const { id } of kept.slice(0, -maxArchives)) await archives.remove(id);
}

/** Returns the stored archives that haven't expired, oldest first, and deletes the others with their keys. */
export async function liveArchives(
  archives: ArchiveShelf,
  clock: Clock,
): Promise<readonly AvailableArchive[]> {
  const live: AvailableArchive[] = [];
  for (const available of await archives.list()) {
    if (expiryOf(available) > nowNs(clock)) live.push(available);
    else await archives.remove(available.id);
  }
  return live;
}

/** Returns what an app may see of an archive: everything but its key and URL. */
export function listed(available: AvailableArchive): ListedArchive {
  const { archive, ...rest } = available;
  const { metadata } = archive;
  const expiresAtNs = expiryOf(available);
  return { ...rest, ...(metadata && { metadata }), expiresAtNs };
}

/** Deletes the stored archives of the pin, with their keys. */
export async function forgetReplies(
  pin: string,
  archives: ArchiveShelf,
): Promise<void> {
  for (const available of await archives.list()) {
    if (available.pin === pin) await archives.remove(available.id);
  }
}

/** Returns the archive's expiry, which is never later than the longest that a history server keeps one. */
export function expiryOf({ archive, sentAtNs }: AvailableArchive): bigint {
  const latest = sentAtNs + defaultTtlNs;
  const { expiresAtNs = latest } = archive;
  return expiresAtNs < latest ? expiresAtNs : latest;
}

function archiveIn({
  url,
  key,
  metadata,
  sealedArchive: sealed,
  expiresAtNs,
}: DeviceSyncReply): SealedArchive {
  const bytes = key?.key.value;
  if (bytes?.length !== archiveKeyBytes) {
    throw new SyncWorkerError(
      "invalid-reply",
      `expected a key of ${archiveKeyBytes} bytes, got ${bytes?.length ?? "none"}`,
    );
  }
  return {
    url,
    key: bytes,
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}
