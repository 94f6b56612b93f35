import type { GroupId } from "@history-sync/primitives";
import type {
  DeliveryService,
  EngineState,
  GroupStateChanges,
  MlsGroup,
  MlsInstallation,
} from "../src/index.js";
import { MemoryGroupStateStore } from "../src/memory/index.js";
import { text } from "./actors.js";
import { clock, openMortal, Process } from "./mortal.js";

/** A stay in the group: from a Welcome, or from the group's creation, to a removal. */
interface Stay {
  readonly since: bigint;
  /** After this entry everything is for this member too, if it is of the epoch or a later one. */
  readonly cursor: bigint;
  readonly epoch: bigint;
}

interface Heard {
  readonly sequence: bigint;
  readonly words: string;
  readonly epoch: bigint;
}

/** The parts that all installations of a walk use. */
export interface Common {
  readonly node: DeliveryService;
  /** A state of each epoch. */
  readonly states: Map<bigint, EngineState>;
  /** All messages that an installation ever read, by their place in the group's topic. */
  readonly story: Map<bigint, Heard>;
  /** Words that may come twice: they were on their way when their sender came back by a Welcome. */
  readonly maybeTwice: Set<string>;
  /** Returns true if a process dies now. */
  readonly dies: () => boolean;
}

class WalkStore extends MemoryGroupStateStore {
  stay: Stay | undefined;
  readonly #common: Common;

  constructor(common: Common) {
    super();
    this.#common = common;
  }

  override async commit(changes: GroupStateChanges): Promise<void> {
    await super.commit(changes);
    for (const { epoch, state, createdAtNs, cursor } of changes.groups ?? []) {
      this.#common.states.set(epoch, state);
      if (createdAtNs === this.stay?.since) continue;
      this.stay = { since: createdAtNs, cursor, epoch };
      for (const { id } of changes.outbox ?? [])
        this.#common.maybeTwice.add(id);
    }
  }
}

/** One installation through all of its processes. */
export class Life {
  readonly name: string;
  readonly store: WalkStore;
  readonly #common: Common;
  #installation: MlsInstallation | undefined;
  #process = new Process();
  #heard = new Map<bigint, string>();
  #sent: string[] = [];
  #stay: Stay | undefined;
  #words = 0;

  constructor(name: string, common: Common) {
    this.name = name;
    this.store = new WalkStore(common);
    this.#common = common;
  }

  get installation(): MlsInstallation {
    if (this.#installation) return this.#installation;
    throw new RangeError(`${this.name} isn't open`);
  }

  get isDead(): boolean {
    return this.#process.isDead;
  }

  /** Starts a process, again and again if it dies while it starts. */
  async start(): Promise<void> {
    const { node, dies } = this.#common;
    for (;;) {
      try {
        this.#process = new Process(dies);
        this.#installation = await openMortal(this.store, node, this.#process);
        return;
      } catch {
        // The next process finds what it wrote before it died.
      }
    }
  }

  group(id: GroupId): MlsGroup | undefined {
    const group = this.#installation?.group(id);
    return group?.active ? group : undefined;
  }

  async say(group: MlsGroup): Promise<void> {
    const words = `${this.name} ${++this.#words}`;
    await group.send(text(words), { id: words });
    this.#sent.push(words);
  }

  /** Receives everything, and remembers it. */
  async catchUp(id: GroupId): Promise<void> {
    await this.installation.syncWelcomes();
    const group = this.installation.group(id);
    if (!group) return;
    await group.sync();
    this.#turnPage();
    const received = await group.received();
    for (const { sequence, epoch, plaintext } of received) {
      const words = new TextDecoder().decode(plaintext);
      this.#heard.set(sequence, words);
      this.#common.story.set(sequence, { sequence, words, epoch });
    }
    await group.markHandled(received);
  }

  /** Returns the messages since this stay began that are missing. */
  missing(): readonly string[] {
    this.#turnPage();
    const { cursor, epoch } = this.#stay ?? { cursor: 0n, epoch: 0n };
    const everything = [...this.#common.story.values()];
    const mine = everything.filter(
      (heard) => heard.sequence > cursor && heard.epoch >= epoch,
    );
    const known = new Set(everything.map(({ words }) => words));
    return [
      ...mine
        .filter(({ sequence, words }) => this.#heard.get(sequence) !== words)
        .map(({ words }) => `${this.name} didn't read "${words}"`),
      ...this.#sent
        .filter((words) => !known.has(words))
        .map((words) => `nobody read "${words}"`),
    ];
  }

  #turnPage(): void {
    const { stay } = this.store;
    if (stay?.since === this.#stay?.since) return;
    this.#stay = stay;
    this.#heard = new Map();
    this.#sent = [];
  }
}

/** Texts that are at two places and must not be. */
export function doubled({ story, maybeTwice }: Common): readonly string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { words } of story.values()) {
    if (seen.has(words) && !maybeTwice.has(words)) twice.push(words);
    seen.add(words);
  }
  return twice;
}

/** Every step is at a time of its own, by which stays are told apart. */
export function tick(): void {
  clock.advance(1);
}
