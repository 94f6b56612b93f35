import {
  type SyncDecline,
  DeclineReason as WireReason,
} from "@history-sync/proto/history-sync";
import type { DeclineReason } from "./sync-request.js";

/** The longest message of a user who declines, in UTF-16 code units. */
export const maxMessageLength = 200;

export const wireReasons: Readonly<Record<DeclineReason, WireReason>> = {
  user: WireReason.USER,
  policy: WireReason.POLICY,
  "too-many": WireReason.TOO_MANY,
  failed: WireReason.FAILED,
};

/** Returns the reason of a received decline, undefined for one that this version doesn't know. */
export function reasonOf({
  reason,
}: Pick<SyncDecline, "reason">): DeclineReason | undefined {
  const names = Object.keys(wireReasons) as DeclineReason[];
  return names.find((name) => wireReasons[name] === reason);
}
