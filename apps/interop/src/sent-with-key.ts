import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { equalBytes, groupId } from "@history-sync/primitives";
import { newestMessage } from "./newest-message.ts";

/** True if the newest message of a group has the sender HMAC of this root key. */
export async function sentWithKey(
  root: Uint8Array,
  group: string,
  nodeUrl: string,
): Promise<boolean> {
  const newest = await newestMessage(group, nodeUrl);
  const { data, createdNs, senderHmac: mark } = newest;
  const period = hmacPeriod(createdNs);
  return equalBytes(mark, senderHmac(root, groupId(group), period, data));
}
