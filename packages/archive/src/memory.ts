import { toHex } from "@history-sync/primitives";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type {
  ArchiveSink,
  ImportPage,
  ImportProgress,
  ImportStep,
  Merge,
  Merged,
  Rows,
} from "./archive-sink.js";
import type { ArchiveSnapshot, ArchiveSource } from "./archive-source.js";
import { compareBytes } from "./compare-bytes.js";
import { ArchiveError } from "./errors.js";
import { rowFilter } from "./row-filter.js";
import type { MessageOrder, Selection } from "./selection.js";

const pageRows = 1_000;

/**
 * A history in memory, for tests and short-lived clients. It keeps rows as they are passed in: don't change them
 * afterwards.
 */
export class MemoryHistory implements ArchiveSource, ArchiveSink {
  protected readonly groupRows: Map<string, GroupSave> = new Map();
  protected readonly messageRows: Map<string, GroupMessageSave> = new Map();
  protected readonly consentRows: Map<string, ConsentSave> = new Map();
  protected hmacKeyRow: HmacKeySave | undefined;
  /** The import that brought each conversation and message; none for local ones. */
  protected readonly groupImports: Map<string, string> = new Map();
  protected readonly messageImports: Map<string, string> = new Map();
  protected readonly imports: Map<string, ImportStep> = new Map();
  readonly #states = new Map<string, Uint8Array | undefined>();

  async snapshot(): Promise<ArchiveSnapshot> {
    const rows = {
      groups: [...this.groupRows.values()],
      messages: [...this.messageRows.values()],
      consent: [...this.consentRows.values()],
      hmacKey: this.hmacKeyRow,
    };
    return new MemorySnapshot(rows, new Set(this.messageImports.keys()));
  }

  async progress(importId: string): Promise<ImportProgress | undefined> {
    const step = this.imports.get(importId);
    if (!step) return undefined;
    return { cursor: step.cursor, state: this.#states.get(importId) };
  }

  async mergePage(page: ImportPage, merge: Merge): Promise<Merged> {
    const merged = merge(this.#localRows(page), page);
    this.writeRows(merged.write, page.import?.id);
    if (page.import) {
      const { id } = page.import;
      this.imports.set(id, page.import);
      this.#states.set(id, merged.state ?? this.#states.get(id));
    }
    return merged;
  }

  /** Inserts or replaces all rows, or none. */
  protected writeRows(rows: Rows, importId?: string): void {
    const groupIds = new Set(rows.groups.map(({ id }) => toHex(id)));
    for (const { groupId } of rows.messages) {
      const key = toHex(groupId);
      if (!this.groupRows.has(key) && !groupIds.has(key)) {
        throw new ArchiveError(
          "unknown-conversation",
          `a message of conversation ${key} came before the conversation`,
        );
      }
    }
    put(rows.groups, this.groupRows, this.groupImports, importId);
    put(rows.messages, this.messageRows, this.messageImports, importId);
    for (const row of rows.consent) this.consentRows.set(consentKey(row), row);
    this.hmacKeyRow = rows.hmacKey ?? this.hmacKeyRow;
  }

  #localRows(page: Rows): Rows {
    const groupIds = new Set([
      ...page.groups.map(({ id }) => toHex(id)),
      ...page.messages.map(({ groupId }) => toHex(groupId)),
    ]);
    const messageIds = new Set(page.messages.map(({ id }) => toHex(id)));
    return {
      groups: found(this.groupRows, groupIds),
      messages: found(this.messageRows, messageIds),
      consent: found(this.consentRows, new Set(page.consent.map(consentKey))),
      hmacKey: this.hmacKeyRow,
    };
  }
}

function put<Row extends { readonly id: Uint8Array }>(
  rows: readonly Row[],
  table: Map<string, Row>,
  imports: Map<string, string>,
  importId: string | undefined,
): void {
  for (const row of rows) {
    const key = toHex(row.id);
    if (importId !== undefined && !table.has(key)) imports.set(key, importId);
    table.set(key, row);
  }
}

function found<Row>(
  rows: ReadonlyMap<string, Row>,
  keys: ReadonlySet<string>,
): Row[] {
  return [...keys].flatMap((key) => rows.get(key) ?? []);
}

function consentKey({ entityType, entity }: ConsentSave): string {
  return `${entityType}:${entity}`;
}

class MemorySnapshot implements ArchiveSnapshot {
  readonly #rows: Rows;
  /** Ids of messages that an import brought. */
  readonly #restored: ReadonlySet<string>;

  constructor(rows: Rows, restored: ReadonlySet<string>) {
    this.#rows = rows;
    this.#restored = restored;
  }

  async *groups(selection: Selection): AsyncGenerator<readonly GroupSave[]> {
    const needed = new Set(
      this.#selected(selection).map(({ groupId }) => toHex(groupId)),
    );
    const filter = rowFilter(selection);
    const groups = this.#rows.groups.filter(
      (group) =>
        filter.conversation(group) &&
        (filter.time(group.createdAtNs) || needed.has(toHex(group.id))),
    );
    yield* pagesOf(groups.sort((a, b) => compareBytes(a.id, b.id)));
  }

  async *messages(
    selection: Selection,
    order: MessageOrder,
  ): AsyncGenerator<readonly GroupMessageSave[]> {
    const messages = this.#selected(selection).sort(compareMessages);
    yield* pagesOf(order === "oldest-first" ? messages : messages.reverse());
  }

  async *consent(selection: Selection): AsyncGenerator<readonly ConsentSave[]> {
    const consent = this.#rows.consent.filter(rowFilter(selection).consent);
    consent.sort(
      (a, b) => a.entityType - b.entityType || (a.entity < b.entity ? -1 : 1),
    );
    yield* pagesOf(consent);
  }

  async hmacKey(): Promise<HmacKeySave | undefined> {
    return this.#rows.hmacKey;
  }

  async close(): Promise<void> {}

  #selected(selection: Selection): GroupMessageSave[] {
    const filter = rowFilter(selection);
    const groups = new Map(
      this.#rows.groups
        .filter(filter.conversation)
        .map((group) => [toHex(group.id), group]),
    );
    const messages = this.#rows.messages.filter((message) => {
      const group = groups.get(toHex(message.groupId));
      const isRestored = this.#restored.has(toHex(message.id));
      return group !== undefined && filter.message(message, group, isRestored);
    });
    const { newestPerConversation: newest } = selection;
    return newest === undefined ? messages : newestOfEach(messages, newest);
  }
}

function newestOfEach(
  messages: readonly GroupMessageSave[],
  count: number,
): GroupMessageSave[] {
  const taken = new Map<string, number>();
  const newestFirst = messages.toSorted(compareMessages).reverse();
  return newestFirst.filter(({ groupId }) => {
    const key = toHex(groupId);
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return before < count;
  });
}

function compareMessages(a: GroupMessageSave, b: GroupMessageSave): number {
  if (a.sentAtNs === b.sentAtNs) return compareBytes(a.id, b.id);
  return a.sentAtNs < b.sentAtNs ? -1 : 1;
}

function* pagesOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += pageRows) {
    yield rows.slice(at, at + pageRows);
  }
}
