import {
  nowNs,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { pastRows } from "@history-sync/test-kit/past";

/** Gives a store a past that no other store has. */
export async function remember(
  { history }: Store,
  messages: number,
  bytesEach = 64,
): Promise<void> {
  const rows = pastRows({
    messages,
    bytesEach,
    nowNs: nowNs(systemClock),
    random: systemRandomBytes,
    ids: "random",
  });
  await history.put(rows);
}
