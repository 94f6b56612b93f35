import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { equalBytes, groupId } from "@history-sync/primitives";
import { newestMessage } from "./newest-message.ts";

/** Whether the newest message of a group came to the node with the mark that this HMAC root key makes. */
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
