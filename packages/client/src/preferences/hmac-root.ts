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

// Older than every key that another installation made: theirs wins, whenever it comes.
const madeForItself = 0n;

/** The user's HMAC root key, 42 bytes; an installation that was told none yet makes one. */
export async function hmacRoot({
  history,
  clock,
  randomBytes,
}: HmacRootPorts): Promise<Uint8Array> {
  const known = await history.hmacKey();
  if (known) return known.key;
  const hmacKey = create(HmacKeySaveSchema, {
    key: randomBytes(hmacRootBytes),
    cycledAtNs: madeForItself,
  });
  const page = { groups: [], messages: [], consent: [], hmacKey };
  await history.mergePage(page, mergeRows(nowNs(clock)));
  // Another one may have come meanwhile.
  return (await history.hmacKey())?.key ?? hmacKey.key;
}
