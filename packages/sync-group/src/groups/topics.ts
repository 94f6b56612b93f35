import type {
  MlsGroup,
  MlsInstallation,
  TopicPosition,
} from "@history-sync/mls-group";

/** The topics that an installation subscribes to: its Welcomes, and the sync groups that it is in. */
export class Topics {
  readonly #installation: MlsInstallation;
  readonly #groups: () => readonly MlsGroup[];
  #changed = new AbortController();
  #noticed: ReadonlySet<string> = new Set();

  constructor(
    installation: MlsInstallation,
    groups: () => readonly MlsGroup[],
  ) {
    this.#installation = installation;
    this.#groups = groups;
    this.notice();
  }

  /** Aborts when the topics have changed. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  /** Returns up to where each topic was read. */
  positions(): readonly TopicPosition[] {
    const groups = this.#groups().filter(({ active }) => active);
    return [
      this.welcomePosition(),
      ...groups.map(({ id, cursor }) => ({
        topic: { kind: "group", groupId: id } as const,
        afterId: cursor,
      })),
    ];
  }

  welcomePosition(): TopicPosition {
    const { id, welcomeCursor } = this.#installation;
    return {
      topic: { kind: "welcomes", installationId: id },
      afterId: welcomeCursor,
    };
  }

  /** Detects groups that were joined or left, whichever part of this installation handled their Welcomes. */
  notice(): void {
    const ids = this.#groups().map(({ id, active }) => `${id} ${active}`);
    const news = ids.filter((id) => !this.#noticed.has(id));
    if (news.length === 0) return;
    this.#noticed = new Set(ids);
    this.#changed.abort();
    this.#changed = new AbortController();
  }
}
