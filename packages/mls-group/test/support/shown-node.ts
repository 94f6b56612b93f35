import type { GroupId } from "@history-sync/primitives";
import type { Delivered, DeliveryService, Topic } from "../../src/index.js";

/** Room between two entries, for what a test puts there. */
export const spacing = 1_000n;

/**
 * A node that shows one actor what the test wants of the groups' topics: in another order, twice, or something else.
 * All actors of a test look through such a view, so that they agree on ids.
 */
export class ShownNode implements DeliveryService {
  show: (entries: readonly Delivered[]) => readonly Delivered[] = (entries) =>
    entries;
  /** Called just before the next message is sent. */
  beforeNextSend: (() => Promise<unknown>) | undefined;
  readonly #node: DeliveryService;
  readonly uploadKeyPackage: DeliveryService["uploadKeyPackage"];
  readonly fetchKeyPackages: DeliveryService["fetchKeyPackages"];
  readonly sendWelcomes: DeliveryService["sendWelcomes"];
  readonly subscribe: DeliveryService["subscribe"];

  constructor(node: DeliveryService) {
    this.#node = node;
    this.uploadKeyPackage = node.uploadKeyPackage.bind(node);
    this.fetchKeyPackages = node.fetchKeyPackages.bind(node);
    this.sendWelcomes = node.sendWelcomes.bind(node);
    this.subscribe = node.subscribe.bind(node);
  }

  async sendGroupMessage(groupId: GroupId, data: Uint8Array): Promise<void> {
    const happens = this.beforeNextSend;
    this.beforeNextSend = undefined;
    await happens?.();
    await this.#node.sendGroupMessage(groupId, data);
  }

  async query(topic: Topic, afterId: bigint) {
    const entries: Delivered[] = [];
    for (let more = true; more; ) {
      const page = await this.#node.query(topic, entries.at(-1)?.id ?? 0n);
      entries.push(...page.entries);
      more = page.more;
    }
    const spaced = entries.map((entry) => ({
      ...entry,
      id: entry.id * spacing,
    }));
    const shown = topic.kind === "group" ? this.show(spaced) : spaced;
    return { entries: shown.filter(({ id }) => id > afterId), more: false };
  }
}
