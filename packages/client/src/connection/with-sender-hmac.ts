import type { DeliveryService } from "@history-sync/mls-group";
import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { nowNs } from "@history-sync/primitives";
import { type HmacRootPorts, hmacRoot } from "../preferences/hmac-root.js";

/** The service, with the sender's HMAC beside every message that goes to a group: commits and sync groups too. */
export function withSenderHmac(
  service: DeliveryService,
  ports: HmacRootPorts,
): DeliveryService {
  return {
    uploadKeyPackage: service.uploadKeyPackage.bind(service),
    fetchKeyPackages: service.fetchKeyPackages.bind(service),
    sendWelcomes: service.sendWelcomes.bind(service),
    query: service.query.bind(service),
    subscribe: service.subscribe.bind(service),
    async sendGroupMessage(groupId, data, options) {
      const root = await hmacRoot(ports);
      const period = hmacPeriod(nowNs(ports.clock));
      await service.sendGroupMessage(groupId, data, {
        ...options,
        senderHmac: senderHmac(root, groupId, period, data),
      });
    },
  };
}
