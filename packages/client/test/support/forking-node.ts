import type {
  Delivered,
  DeliveryService,
  Topic,
} from "@history-sync/mls-group";

/** A node as one installation sees it, which may be shown another order of commits than the others, or no Welcomes. */
export class ForkingNode {
  readonly service: DeliveryService;
  /** Called just before the next message to a group is sent. */
  beforeNextSend: (() => Promise<unknown>) | undefined;
  hidesWelcomes = false;
  readonly #node: DeliveryService;
  readonly #shownInPlaceOf = new Map<bigint, bigint>();

  constructor(node: DeliveryService) {
    this.#node = node;
    this.service = {
      uploadKeyPackage: node.uploadKeyPackage.bind(node),
      fetchKeyPackages: node.fetchKeyPackages.bind(node),
      sendWelcomes: node.sendWelcomes.bind(node),
      subscribe: node.subscribe.bind(node),
      sendGroupMessage: async (...message) => {
        const happens = this.beforeNextSend;
        this.beforeNextSend = undefined;
        await happens?.();
        await node.sendGroupMessage(...message);
      },
      query: async (topic, afterId) => {
        const isHidden = this.hidesWelcomes && topic.kind === "welcomes";
        const entries = isHidden ? [] : await this.#shown(topic);
        return {
          entries: entries.filter(({ id }) => id > afterId),
          more: false,
        };
      },
    };
  }

  /** From now on two entries of the groups' topics are shown in each other's place. */
  swap(one: Delivered, other: Delivered): void {
    this.#shownInPlaceOf.set(one.id, other.id);
    this.#shownInPlaceOf.set(other.id, one.id);
  }

  async #shown(topic: Topic): Promise<readonly Delivered[]> {
    const entries = await allEntries(this.#node, topic);
    if (topic.kind !== "group") return entries;
    return entries.map((entry) => {
      const inPlace = this.#shownInPlaceOf.get(entry.id);
      const shown = entries.find(({ id }) => id === inPlace);
      return shown ? { ...shown, id: entry.id } : entry;
    });
  }
}

export async function allEntries(
  node: DeliveryService,
  topic: Topic,
): Promise<readonly Delivered[]> {
  const entries: Delivered[] = [];
  for (let more = true; more; ) {
    const page = await node.query(topic, entries.at(-1)?.id ?? 0n);
    entries.push(...page.entries);
    more = page.more;
  }
  return entries;
}
