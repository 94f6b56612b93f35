import type {
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";

/** When a message disappears, in nanoseconds since the Unix epoch; undefined for one that stays. */
export function expiresAtNs(
  group: GroupSave,
  message: GroupMessageSave,
): bigint | undefined {
  const { messageDisappearFromNs: fromNs, messageDisappearInNs: inNs } = group;
  // Zeros are XMTP's way of switching it off again.
  if (!fromNs || !inNs || fromNs < 0n || inNs < 0n) return undefined;
  return message.sentAtNs > fromNs ? message.sentAtNs + inNs : undefined;
}
