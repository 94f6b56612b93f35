import { nowNs } from "@history-sync/primitives";
import {
  BackupElementKind,
  type BackupMetadataSave,
  type DeviceSyncReply,
} from "@history-sync/proto/device-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { SyncWorkerError } from "./errors.js";
import type { WorkerContext } from "./ports.js";
import type { AvailableArchive, SealedArchive } from "./sync-request.js";

const archiveKeyBytes = 32;
// As long as XMTP's history server keeps an archive.
const defaultTtlNs = 7n * 24n * 60n * 60n * 1_000_000_000n;
// More than honest installations tell of in a week.
const maxArchives = 100;

/** An archive that can be taken in by its pin, without its key. */
export interface ListedArchive extends Omit<AvailableArchive, "archive"> {
  readonly metadata?: BackupMetadataSave;
  readonly expiresAtNs: bigint;
}

/** The archive that a reply tells of; throws `invalid-reply` for one that leads nowhere. */
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

/** Keeps it until it expires; of too many, the newest. */
export async function keepArchive(
  available: AvailableArchive,
  context: WorkerContext,
): Promise<void> {
  const { archives } = context.requests;
  await archives.put(available);
  const kept = await archives.list();
  for (const { id } of kept.slice(0, -maxArchives)) await archives.remove(id);
}

/** Those that haven't expired, oldest first; the keys of the others are forgotten. */
export async function liveArchives({
  requests: { archives },
  clock,
}: WorkerContext): Promise<readonly AvailableArchive[]> {
  const live: AvailableArchive[] = [];
  for (const available of await archives.list()) {
    if (expiryOf(available) > nowNs(clock)) live.push(available);
    else await archives.remove(available.id);
  }
  return live;
}

export function listed(available: AvailableArchive): ListedArchive {
  const { archive, ...rest } = available;
  const { metadata } = archive;
  const expiresAtNs = expiryOf(available);
  return { ...rest, ...(metadata && { metadata }), expiresAtNs };
}

/** Forgets every archive of the pin, with its key. */
export async function forgetReplies(
  pin: string,
  { requests: { archives } }: WorkerContext,
): Promise<void> {
  for (const available of await archives.list()) {
    if (available.pin === pin) await archives.remove(available.id);
  }
}

/** Never later than the longest that a history server keeps an archive, whatever a reply says. */
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
