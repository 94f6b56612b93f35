import {
  type Clock,
  type Logger,
  silent,
  systemRandomBytes,
} from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import {
  type AuthenticationService,
  type DeliveryService,
  type Extension,
  type GroupStateStore,
  type MlsGroup,
  type MlsInstallation,
  openInstallation,
} from "../src/index.js";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "../src/memory/index.js";

const credential = new TextEncoder().encode("alix");

export const everybody: AuthenticationService = {
  validate: async () => true,
};

/** One node, and installations of one user that come and go. */
export class World {
  // Far from the system's time, which nothing may ask for.
  readonly clock: ManualClock = new ManualClock(Date.UTC(2040, 0, 1));
  readonly node: MemoryDeliveryService = new MemoryDeliveryService(this.clock);

  async actor(options: ActorOptions = {}): Promise<Actor> {
    const store = options.store ?? new MemoryGroupStateStore();
    const installation = await openInstallation(
      {
        deliveryService: options.deliveryService ?? this.node,
        store,
        authentication: options.authentication ?? everybody,
        clock: options.clock ?? this.clock,
        randomBytes: systemRandomBytes,
        log: options.log ?? silent,
      },
      {
        credential,
        ...(options.keyUpdateIntervalMs !== undefined && {
          keyUpdateIntervalMs: options.keyUpdateIntervalMs,
        }),
      },
    );
    return { installation, store };
  }
}

interface ActorOptions {
  readonly store?: GroupStateStore;
  readonly authentication?: AuthenticationService;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly deliveryService?: DeliveryService;
  readonly keyUpdateIntervalMs?: number;
}

export interface Actor {
  readonly installation: MlsInstallation;
  readonly store: GroupStateStore;
}

/** A group that the first actor made and the others joined. */
export async function groupOf(
  founder: Actor,
  ...others: readonly Actor[]
): Promise<MlsGroup> {
  const group = await founder.installation.createGroup({ extensions: [] });
  const add = others.map(({ installation }) => installation.id);
  await group.changeMembers({ add });
  for (const { installation } of others) await installation.syncWelcomes();
  return group;
}

/** The actor's side of the group. */
export function sideOf(actor: Actor, { id }: MlsGroup): MlsGroup {
  const group = actor.installation.group(id);
  if (!group) throw new RangeError(`no group ${id}`);
  return group;
}

export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/** Returns the texts that a member has received and not handled. */
export async function heard(group: MlsGroup): Promise<readonly string[]> {
  await group.sync();
  const received = await group.received();
  return received.map(({ plaintext }) => new TextDecoder().decode(plaintext));
}

/** An extension of XMTP's membership number with a few bytes in it. */
export function membership(...bytes: readonly number[]): Extension {
  return { type: 0xff01, data: Uint8Array.from(bytes) };
}
