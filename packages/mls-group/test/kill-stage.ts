import type { InstallationId } from "@history-sync/primitives";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import type {
  DeliveryService,
  EngineState,
  Extension,
  GroupStateChanges,
  MlsGroup,
  MlsInstallation,
} from "../src/index.js";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "../src/memory/index.js";
import { everybody, text } from "./actors.js";
import { clock, openMortal, overheard, type Process } from "./mortal.js";

export const names = ["phone", "laptop", "tablet"] as const;
export type Name = (typeof names)[number];

/** Remembers a state of each epoch that it ever held. */
export class RememberingStore extends MemoryGroupStateStore {
  readonly #states: Map<bigint, EngineState>;

  constructor(states: Map<bigint, EngineState>) {
    super();
    this.#states = states;
  }

  override async commit(changes: GroupStateChanges): Promise<void> {
    await super.commit(changes);
    for (const { epoch, state } of changes.groups ?? []) {
      this.#states.set(epoch, state);
    }
  }
}

/** One installation's view of the group in the end. */
export interface Ending {
  readonly epoch: bigint;
  readonly active: boolean;
  readonly members: readonly (Name | undefined)[];
  readonly extensions: readonly Extension[];
  readonly heard: readonly string[];
  readonly unsent: number;
}

/** Installations of one user, the group that they are in and their node. */
export class Stage {
  /** A state of each epoch that the group had. */
  readonly states: Map<bigint, EngineState> = new Map();
  readonly node: DeliveryService;
  /** Everything that was ever sent to the group. */
  readonly published: ReadonlyMap<string, Uint8Array>;
  readonly #stores: ReadonlyMap<Name, RememberingStore> = new Map(
    names.map((name) => [name, new RememberingStore(this.states)]),
  );
  readonly #installations = new Map<Name, MlsInstallation>();

  constructor() {
    const { node, published } = overheard(new MemoryDeliveryService(clock));
    this.node = node;
    this.published = published;
  }

  /** Opens the installation on the store that it has. */
  async open(name: Name, node = this.node, process?: Process): Promise<void> {
    const opened = await openMortal(this.#store(name), node, process);
    this.#installations.set(name, opened);
  }

  the(name: Name): MlsInstallation {
    const installation = this.#installations.get(name);
    if (installation) return installation;
    throw new RangeError(`no ${name}`);
  }

  async group(name: Name): Promise<MlsGroup> {
    await this.the(name).syncWelcomes();
    const [group] = this.the(name).groups();
    if (group) return group;
    throw new RangeError(`${name} is in no group`);
  }

  /** Sends the words unless they were sent, as an app does that remembers what it has to say. */
  async say(name: Name, words: string): Promise<void> {
    const group = await this.group(name);
    await group.sync();
    const outbox = await this.#store(name).outbox(group.id);
    const said = [...outbox, ...(await group.received())].map(wordsOf);
    if (!said.includes(words)) await group.send(text(words), { id: words });
  }

  /** Returns the view of each in the end, after all have received everything. */
  async end(): Promise<Partial<Record<Name, Ending>>> {
    const endings: Partial<Record<Name, Ending>> = {};
    for (const name of this.#installations.keys()) {
      const group = await this.group(name);
      await group.sync();
      const { epoch, active, extensions } = group;
      const received = await group.received();
      endings[name] = {
        epoch,
        active,
        members: group
          .members()
          .map(({ installationId }) => this.#nameOf(installationId)),
        extensions,
        heard: received.map(wordsOf),
        unsent: (await this.#store(name).outbox(group.id)).length,
      };
    }
    return endings;
  }

  /** How many different groups the members think to be in: more than one is a fork. */
  async forks(): Promise<number> {
    const engine = await openTsMlsEngine(everybody);
    const seen = new Set<string>();
    for (const store of this.#stores.values()) {
      for (const { active, state } of await store.groups()) {
        if (!active) continue;
        seen.add(`${(await engine.view(state)).epochAuthenticator}`);
      }
    }
    return seen.size;
  }

  #store(name: Name): RememberingStore {
    const store = this.#stores.get(name);
    if (store) return store;
    throw new RangeError(`no ${name}`);
  }

  #nameOf(id: InstallationId): Name | undefined {
    return names.find((name) => this.#installations.get(name)?.id === id);
  }
}

function wordsOf({ plaintext }: { readonly plaintext: Uint8Array }): string {
  return new TextDecoder().decode(plaintext);
}
