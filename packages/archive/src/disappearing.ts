import type {
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";

/** What a conversation says of its messages' end. */
export type DisappearingSettings = Pick<
  GroupSave,
  "messageDisappearFromNs" | "messageDisappearInNs"
>;

/** When a message disappears, in nanoseconds since the Unix epoch; undefined for one that stays. */
export function expiresAtNs(
  group: DisappearingSettings,
  message: Pick<GroupMessageSave, "sentAtNs">,
): bigint | undefined {
  const { messageDisappearFromNs: fromNs, messageDisappearInNs: inNs } = group;
  // Zeros are XMTP's way of switching it off again.
  if (!fromNs || !inNs || fromNs < 0n || inNs < 0n) return undefined;
  return message.sentAtNs > fromNs ? message.sentAtNs + inNs : undefined;
}
