import type { MlsInstallation, TopicPosition } from "@history-sync/mls-group";
import { isConversation } from "../messages/group-row.js";

/** The topics of the live connection: Welcomes always, conversations while messages are streamed. */
export class Topics {
  readonly #installation: MlsInstallation;
  #changed = new AbortController();
  #streams = 0;

  constructor(installation: MlsInstallation) {
    this.#installation = installation;
  }

  /** Aborts when the topics have changed. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  /** Notifies the live connection of new topics. */
  notifyChanged(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Adds conversations to the topics, until the returned function is called. */
  addMessages(): () => void {
    this.#streams += 1;
    if (this.#streams === 1) this.notifyChanged();
    let isOpen = true;
    return () => {
      if (isOpen) this.#streams -= 1;
      isOpen = false;
    };
  }

  /** Returns up to where each topic was read. */
  positions(): readonly TopicPosition[] {
    const { id, welcomeCursor } = this.#installation;
    const groups = this.#streams > 0 ? this.#installation.groups() : [];
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
