import {
  type DeliveryService,
  type GroupStateStore,
  type MlsInstallation,
  openInstallation,
} from "@history-sync/mls-group";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "@history-sync/mls-group/memory";
import {
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";

const credential = new TextEncoder().encode("alix");

/** An installation, with the store that it lives in. */
export interface Actor {
  readonly installation: MlsInstallation;
  readonly store: GroupStateStore;
}

/** A node in this process: what is measured is what an installation does. */
export function openNode(): DeliveryService {
  return new MemoryDeliveryService(systemClock);
}

export async function openActor(
  store: GroupStateStore,
  deliveryService: DeliveryService,
): Promise<Actor> {
  const installation = await openInstallation(
    {
      deliveryService,
      store,
      authentication: { validate: async () => true },
      clock: systemClock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    { credential, keyUpdateIntervalMs: Number.POSITIVE_INFINITY },
  );
  return { installation, store };
}

/** Installations that are added, and never heard of again. */
export async function extras(
  count: number,
  node: DeliveryService,
): Promise<readonly MlsInstallation["id"][]> {
  const ids: MlsInstallation["id"][] = [];
  while (ids.length < count) {
    const { installation } = await openActor(new MemoryGroupStateStore(), node);
    ids.push(installation.id);
  }
  return ids;
}
