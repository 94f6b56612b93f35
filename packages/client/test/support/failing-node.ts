import type { DeliveryService } from "@history-sync/mls-group";
import { HistorySyncError } from "@history-sync/primitives";

class NodeAway extends HistorySyncError<"node-away"> {}

/** A node whose call of this name fails so many times. */
export function failing(
  call: keyof DeliveryService,
  times: number,
  service: DeliveryService,
): DeliveryService {
  let left = times;
  return new Proxy(service, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        if (name === call && left > 0) {
          left -= 1;
          const error = new NodeAway("node-away", "expected a node, got none", {
            retryable: true,
          });
          return Promise.reject(error);
        }
        return member.apply(target, values);
      };
    },
  });
}
