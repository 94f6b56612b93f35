import type { Topic, TopicPosition } from "@history-sync/mls-group";
import type { GroupId } from "@history-sync/primitives";
import { followNews } from "@history-sync/sync-group";
import type { ClientContext } from "../context.js";
import { isConversation } from "../messages/group-row.js";

/** What to do when a topic has news. */
export interface LiveWork {
  /** Takes the Welcomes that wait. */
  readonly welcomes: (signal: AbortSignal) => Promise<void>;
  /** Takes in what a group has. */
  readonly messages: (group: GroupId, signal: AbortSignal) => Promise<void>;
}

/**
 * The connection over which the node tells of news: of Welcomes always, of messages while somebody streams them. It comes
 * back by itself.
 */
export class Live {
  readonly #context: ClientContext;
  readonly #work: LiveWork;
  #topicsChanged = new AbortController();
  #streams = 0;

  constructor(context: ClientContext, work: LiveWork) {
    this.#context = context;
    this.#work = work;
  }

  /** Ends with the signal; throws what no new connection can mend. */
  async follow(closing: AbortSignal): Promise<void> {
    const { deliveryService, clock, log } = this.#context;
    const news = followNews({
      sync: (signal, topic) => this.#sync(signal, topic),
      positions: () => this.#positions(),
      topicsChanged: () => this.#topicsChanged.signal,
      ended: closing,
      deliveryService,
      clock,
      log,
    });
    for await (const _ of news);
  }

  /** Asks for messages too, until what it gives is called. */
  wantMessages(): () => void {
    this.#streams += 1;
    if (this.#streams === 1) this.topicsChanged();
    let wanted = true;
    return () => {
      if (wanted) this.#streams -= 1;
      wanted = false;
    };
  }

  /** There are conversations that weren't there before. */
  topicsChanged(): void {
    this.#topicsChanged.abort();
    this.#topicsChanged = new AbortController();
  }

  /** Groups need no sync when the connection begins: it brings what stands behind their positions. */
  async #sync(signal: AbortSignal, topic: Topic | undefined): Promise<void> {
    if (topic?.kind === "group") {
      await this.#work.messages(topic.groupId, signal);
    } else {
      await this.#work.welcomes(signal);
    }
  }

  #positions(): readonly TopicPosition[] {
    const { installation } = this.#context;
    const { id, welcomeCursor } = installation;
    const groups = this.#streams > 0 ? installation.groups() : [];
    return [
      {
        topic: { kind: "welcomes", installationId: id },
        afterId: welcomeCursor,
      },
      ...groups
        .filter((group) => group.active && isConversation(group))
        .map(({ id, cursor }) => ({
          topic: { kind: "group", groupId: id } as const,
          afterId: cursor,
        })),
    ];
  }
}
