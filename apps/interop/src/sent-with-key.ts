import { grpcTransport } from "@history-sync/delivery-service/node";
import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { equalBytes, groupId, idBytes } from "@history-sync/primitives";
import { MlsApi, SortDirection } from "@history-sync/proto/mls-api";

/** Whether the newest message of a group came to the node with the mark that this HMAC root key makes. */
export async function sentWithKey(
  root: Uint8Array,
  group: string,
  nodeUrl: string,
): Promise<boolean> {
  const { transport, close } = grpcTransport(nodeUrl);
  try {
    const { message } = await transport.unary(
      MlsApi.method.queryGroupMessages,
      undefined,
      undefined,
      undefined,
      {
        groupId: idBytes(groupId(group)),
        pagingInfo: { direction: SortDirection.DESCENDING, limit: 1 },
      },
    );
    const newest = message.messages[0]?.version;
    if (newest?.case !== "v1") return false;
    const { data, createdNs, senderHmac: mark } = newest.value;
    const period = hmacPeriod(createdNs);
    return equalBytes(mark, senderHmac(root, groupId(group), period, data));
  } finally {
    close();
  }
}
