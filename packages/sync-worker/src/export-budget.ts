import { nowNs } from "@history-sync/primitives";
import type { WorkerContext } from "./ports.js";
import type { SyncRequest } from "./sync-request.js";

const hourNs = 60n * 60n * 1_000_000_000n;

/**
 * Whether an archive more is within the hour's budget; then it counts at once, after a restart too. Returns the request
 * as it was noted.
 */
export async function takeExport(
  request: SyncRequest,
  { book, clock, settings }: WorkerContext,
): Promise<SyncRequest | undefined> {
  const now = nowNs(clock);
  const requests = await book.list();
  const recent = requests.flatMap((known) => recentExports(known, now));
  if (recent.length >= settings.maxExportsPerHour) return undefined;
  const exportsBegunAtNs = [...recentExports(request, now), now];
  return book.note(request, { exportsBegunAtNs });
}

/** The begins that still count. A clock that was set back forgets nothing for more than an hour. */
export function recentExports(
  { exportsBegunAtNs }: SyncRequest,
  now: bigint,
): readonly bigint[] {
  return exportsBegunAtNs.filter(
    (atNs) => atNs > now - hourNs && atNs < now + hourNs,
  );
}
