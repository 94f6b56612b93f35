import { silent, systemRandomBytes, toHex } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { openCiphersuite } from "#ciphersuite";
import { MemberCheck } from "../src/engine/checks/member-check.js";
import { messageOf } from "../src/engine/codec.js";
import { StateCodec } from "../src/engine/state.js";
import type { PrivateMessage } from "../src/engine/ts-mls.js";
import {
  type DeliveryService,
  type EngineState,
  type GroupStateStore,
  type MlsInstallation,
  openInstallation,
} from "../src/index.js";
import { everybody, text } from "./actors.js";

/** The error of a dead process. */
const died: DOMException = new DOMException("died", "AbortError");

/**
 * A process that may die before any of its effects, which is also right after the one before, and has none from then
 * on.
 */
export class Process {
  readonly #diesAt: (moment: number) => boolean;
  #moments = 0;
  #isDead = false;

  constructor(diesAt: (moment: number) => boolean = () => false) {
    this.#diesAt = diesAt;
  }

  /** How often it could have died. */
  get moments(): number {
    return this.#moments;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async effect<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isDead ||= this.#diesAt(++this.#moments);
    if (this.#isDead) throw died;
    return work();
  }
}

/** The port as the process uses it: each call is an effect. */
function mortal<Port extends object>(port: Port, process: Process): Port {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) =>
        process.effect(async () => method.apply(target, args));
    },
  });
}

// Far from the system's time, which nothing may ask for.
export const clock: ManualClock = new ManualClock(Date.UTC(2040, 0, 1));

/** The store's installation, run by a process. */
export function openMortal(
  store: GroupStateStore,
  deliveryService: DeliveryService,
  process: Process = new Process(),
): Promise<MlsInstallation> {
  return openInstallation(
    {
      store: mortal(store, process),
      deliveryService: mortal(deliveryService, process),
      authentication: everybody,
      clock,
      randomBytes: systemRandomBytes,
      log: silent,
    },
    { credential: text("alix") },
  );
}

/** The node, and what was ever given to it. */
export function overheard(node: DeliveryService): {
  readonly node: DeliveryService;
  readonly published: ReadonlyMap<string, Uint8Array>;
} {
  const published = new Map<string, Uint8Array>();
  const listening = new Proxy(node, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      if (name !== "sendGroupMessage") return method.bind(target);
      return (...args: Parameters<DeliveryService["sendGroupMessage"]>) => {
        published.set(toHex(args[1]), args[1]);
        return method.apply(target, args);
      };
    },
  });
  return { node: listening, published };
}

/** The keys that messages were encrypted with, as epoch, content type, leaf and generation; each must be there once. */
export async function keysOf(
  published: Iterable<Uint8Array>,
  states: ReadonlyMap<bigint, EngineState>,
): Promise<readonly string[]> {
  const suite = await openCiphersuite();
  const byEpoch = new Map<bigint, PrivateMessage[]>();
  for (const bytes of published) {
    const message = messageOf(bytes);
    if (message?.wireformat !== "mls_private_message") continue;
    const { epoch } = message.privateMessage;
    const sealed = byEpoch.get(epoch) ?? [];
    byEpoch.set(epoch, [...sealed, message.privateMessage]);
  }
  const keys: string[] = [];
  for (const [epoch, sealed] of byEpoch) {
    const state = states.get(epoch);
    if (state === undefined) throw new RangeError(`no state of epoch ${epoch}`);
    const check = new MemberCheck(everybody);
    await new StateCodec().with(state, check, async ({ keySchedule }) => {
      for (const message of sealed) {
        const sender = await decryptSenderData(
          message,
          keySchedule.senderDataSecret,
          suite,
        );
        const { leafIndex, generation } = sender ?? {};
        keys.push(`${epoch} ${message.contentType} ${leafIndex} ${generation}`);
      }
    });
  }
  return keys;
}
