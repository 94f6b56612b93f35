import type { DeliveryService } from "@history-sync/mls-group";
import { HistorySyncError } from "@history-sync/primitives";

class NodeAway extends HistorySyncError<"node-away"> {}

/** A node where something else happens before the next `sendGroupMessage` after it was armed. */
export function overtaken(service: DeliveryService): {
  readonly service: DeliveryService;
  readonly arm: (work: () => Promise<unknown>) => void;
} {
  let work: (() => Promise<unknown>) | undefined;
  const guarded = new Proxy(service, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...values: unknown[]) => {
        const first = work;
        if (name === "sendGroupMessage" && first) {
          work = undefined;
          await first();
        }
        return member.apply(target, values);
      };
    },
  });
  return { service: guarded, arm: (next) => (work = next) };
}

/** A node that fails the call of this name so many times. */
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
