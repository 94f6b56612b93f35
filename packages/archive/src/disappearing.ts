import type {
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";

/** The disappearing-message settings of a conversation. */
export type DisappearingSettings = Pick<
  GroupSave,
  "messageDisappearFromNs" | "messageDisappearInNs"
>;

/** Returns the time when a message disappears, in nanoseconds since the Unix epoch, or undefined if it stays. */
export function expiresAtNs(
  group: DisappearingSettings,
  message: Pick<GroupMessageSave, "sentAtNs">,
): bigint | undefined {
  const { messageDisappearFromNs: fromNs, messageDisappearInNs: inNs } = group;
  // XMTP switches the setting off with zeros.
  if (!fromNs || !inNs || fromNs < 0n || inNs < 0n) return undefined;
  return message.sentAtNs > fromNs ? message.sentAtNs + inNs : undefined;
}
