import { groupId, idBytes } from "@history-sync/primitives";
import {
  type GroupMessage_V1,
  MlsApi,
  SortDirection,
} from "@history-sync/proto/mls-api";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";

/** A group's newest message as the node gives it. */
export async function newestMessage(
  group: string,
  nodeUrl: string,
): Promise<GroupMessage_V1> {
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
    if (newest?.case === "v1") return newest.value;
    throw new RangeError(`expected a message in ${group}, got none`);
  } finally {
    close();
  }
}
