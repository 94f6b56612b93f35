import type { IdentityService } from "@history-sync/identity";
import type { DeliveryService } from "@history-sync/mls-group";
import { hmacPeriod, senderHmac } from "@history-sync/mls-group/xmtp";
import { type Clock, nowNs } from "@history-sync/primitives";
import {
  NodeDeliveryService,
  NodeIdentityService,
} from "@history-sync/xmtp-node-client";
import { platform } from "#platform";
import type { Environment } from "./environments.js";

/** The services of an XMTP node that a client uses. */
interface NodeServices {
  readonly deliveryService: DeliveryService;
  readonly identity: IdentityService;
}

export interface Connection extends NodeServices {
  close(): void;
}

type Given = {
  readonly [Service in keyof NodeServices]: NodeServices[Service] | undefined;
};

/** Returns the given services, and for the others those of the node at `nodeUrl`, by default that of `env`. */
export function connectNode(
  { deliveryService, identity }: Given,
  options: {
    readonly env: Environment;
    readonly nodeUrl: string | undefined;
    readonly clock: Clock;
  },
): Connection {
  if (deliveryService && identity) {
    return { deliveryService, identity, close: () => {} };
  }
  const { env, nodeUrl = platform.nodeUrls[env], clock } = options;
  const { transport, close } = platform.connect(nodeUrl);
  return {
    deliveryService:
      deliveryService ?? new NodeDeliveryService(transport, { clock }),
    identity: identity ?? new NodeIdentityService(transport, { clock }),
    close,
  };
}

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
