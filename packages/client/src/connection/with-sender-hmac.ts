import type { DeliveryService } from "@history-sync/mls-group";
import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { type Clock, nowNs } from "@history-sync/primitives";

/**
 * Wraps a delivery service: adds the sender's HMAC to every message to a group, including commits and messages to sync
 * groups. `rootKey` returns the user's HMAC root key.
 */
export function withSenderHmac(
  service: DeliveryService,
  rootKey: () => Promise<Uint8Array>,
  clock: Clock,
): DeliveryService {
  return {
    uploadKeyPackage: service.uploadKeyPackage.bind(service),
    fetchKeyPackages: service.fetchKeyPackages.bind(service),
    sendWelcomes: service.sendWelcomes.bind(service),
    query: service.query.bind(service),
    subscribe: service.subscribe.bind(service),
    async sendGroupMessage(groupId, data, options) {
      const root = await rootKey();
      const period = hmacPeriod(nowNs(clock));
      await service.sendGroupMessage(groupId, data, {
        ...options,
        senderHmac: senderHmac(root, groupId, period, data),
      });
    },
  };
}
