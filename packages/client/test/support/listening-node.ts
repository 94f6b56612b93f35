import type {
  DeliveryService,
  GroupMessageOptions,
} from "@history-sync/mls-group";
import type { GroupId } from "@history-sync/primitives";

/** The messages sent to a group, with what push servers see of them. */
export interface Sent
  extends Pick<GroupMessageOptions, "senderHmac" | "shouldPush"> {
  readonly groupId: GroupId;
  readonly data: Uint8Array;
}

/** The service, and what goes to groups through it. */
export function listening(service: DeliveryService): {
  readonly deliveryService: DeliveryService;
  readonly sent: readonly Sent[];
} {
  const sent: Sent[] = [];
  const deliveryService = new Proxy(service, {
    get(target, name) {
      if (name !== "sendGroupMessage") {
        return Reflect.get(target, name, target).bind(target);
      }
      const listen: DeliveryService["sendGroupMessage"] = (
        groupId,
        data,
        options,
      ) => {
        const { senderHmac, shouldPush } = options ?? {};
        sent.push({ groupId, data, senderHmac, shouldPush });
        return target.sendGroupMessage(groupId, data, options);
      };
      return listen;
    },
  });
  return { deliveryService, sent };
}
