import type { IdentityService } from "@history-sync/identity";
import type { DeliveryService, GroupStateStore } from "@history-sync/mls-group";
import { equalBytes } from "@history-sync/primitives";
import type { KillSwitch } from "./kill-switch.ts";
import { watched } from "./watched.ts";

export function watchedIdentity(
  identity: IdentityService,
  kill: KillSwitch,
): IdentityService {
  return watched(identity, { publish: () => "registering" }, kill);
}

/** A node whose calls are points. It tells commits from messages by what the store has of them. */
export function watchedDelivery(
  service: DeliveryService,
  groups: GroupStateStore,
  kill: KillSwitch,
): DeliveryService {
  const isCommit = async (data: Uint8Array) =>
    (await groups.groups()).some(
      ({ pending }) => pending && equalBytes(pending.message, data),
    );
  const rest = watched(
    service,
    {
      uploadKeyPackage: () => "uploading the key package",
      fetchKeyPackages: () => "fetching key packages",
      sendWelcomes: () => "sending Welcomes",
    },
    kill,
  );
  return watched(rest, {}, kill, {
    async sendGroupMessage(groupId, data, options) {
      const what = (await isCommit(data)) ? "a commit" : "a message";
      kill.reached(`before sending ${what}`);
      await service.sendGroupMessage(groupId, data, options);
      kill.reached(`after sending ${what}`);
    },
  });
}
