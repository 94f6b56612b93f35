import { type Clock, nowNs } from "@history-sync/primitives";
import type { RequestBook } from "./request-book.js";
import type { Settings } from "./settings.js";
import type { SyncRequest } from "./sync-request.js";

const hourNs = 60n * 60n * 1_000_000_000n;

/** Returns true if another archive is within the hour's budget. It is counted at once, durably. */
export async function countExport(
  request: SyncRequest,
  {
    book,
    clock,
    settings,
  }: {
    readonly book: RequestBook;
    readonly clock: Clock;
    readonly settings: Settings;
  },
): Promise<boolean> {
  const now = nowNs(clock);
  const requests = await book.list();
  const recent = requests.flatMap((known) => recentExports(known, now));
  if (recent.length >= settings.maxExportsPerHour) return false;
  const exportsBegunAtNs = [...recentExports(request, now), now];
  await book.note(request, { exportsBegunAtNs });
  return true;
}

/** Returns the exports that still count. A clock that was set back makes none count for more than an hour. */
export function recentExports(
  { exportsBegunAtNs }: Pick<SyncRequest, "exportsBegunAtNs">,
  now: bigint,
): readonly bigint[] {
  return exportsBegunAtNs.filter(
    (atNs) => atNs > now - hourNs && atNs < now + hourNs,
  );
}
