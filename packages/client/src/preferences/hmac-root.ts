import { create } from "@bufbuild/protobuf";
import { mergeRows } from "@history-sync/archive";
import { hmacRootBytes } from "@history-sync/mls-group/xmtp";
import { type Clock, nowNs, type RandomBytes } from "@history-sync/primitives";
import { HmacKeySaveSchema } from "@history-sync/proto/device-sync";
import type { HistoryStore } from "@history-sync/store";

export interface HmacRootPorts {
  readonly history: HistoryStore;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

// Older than the keys of all other installations, so that theirs win whenever they arrive.
const ownKeyCycledAtNs = 0n;

/** Returns the user's HMAC root key, 42 bytes; creates one on an installation that has received none yet. */
export async function hmacRoot({
  history,
  clock,
  randomBytes,
}: HmacRootPorts): Promise<Uint8Array> {
  const known = await history.hmacKey();
  if (known) return known.key;
  const hmacKey = create(HmacKeySaveSchema, {
    key: randomBytes(hmacRootBytes),
    cycledAtNs: ownKeyCycledAtNs,
  });
  const page = { groups: [], messages: [], consent: [], hmacKey };
  await history.mergePage(page, mergeRows(nowNs(clock)));
  // Another key may have been merged meanwhile.
  return (await history.hmacKey())?.key ?? hmacKey.key;
}
