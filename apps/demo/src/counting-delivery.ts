import type { DeliveryService } from "@history-sync/mls-group";

/** The same Delivery Service; `onBytes` hears the size of everything that is sent to it. */
export function countingDelivery(
  service: DeliveryService,
  onBytes: (length: number) => void,
): DeliveryService {
  return {
    uploadKeyPackage: (installationId, keyPackage, options) => {
      onBytes(keyPackage.length);
      return service.uploadKeyPackage(installationId, keyPackage, options);
    },
    sendGroupMessage: (groupId, data, options) => {
      onBytes(data.length);
      return service.sendGroupMessage(groupId, data, options);
    },
    sendWelcomes: (welcomes, options) => {
      for (const { data } of welcomes) onBytes(data.length);
      return service.sendWelcomes(welcomes, options);
    },
    fetchKeyPackages: (ids, options) => service.fetchKeyPackages(ids, options),
    query: (topic, afterId, options) => service.query(topic, afterId, options),
    subscribe: (positions, signal) => service.subscribe(positions, signal),
  };
}
