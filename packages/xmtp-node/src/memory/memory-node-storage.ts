import {
  type Clock,
  nowNs,
  systemClock,
  toHex,
} from "@history-sync/primitives";
import { Followers } from "../storage/followers.js";
import {
  type Appended,
  type Entry,
  keepsNewestOnly,
  type NewEntry,
  type NodeStorage,
  type ReadPage,
  type ReadRange,
  type TopicName,
} from "../storage/node-storage.js";
import { takePage } from "../storage/page.js";
import { conflict, storageClosed } from "../storage/storage-errors.js";

/**
 * Stores an XMTP node's data in memory, for tests and for trials.
 *
 * @example
 * ```ts
 * import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
 * import { serveNode } from "@history-sync/xmtp-node/node";
 *
 * const storage = new MemoryNodeStorage();
 * await using node = await serveNode({ storage, port: 0 });
 * console.log(node.url);
 * ```
 */
export class MemoryNodeStorage implements NodeStorage {
  readonly #clock: Clock;
  readonly #topics = new Map<TopicName, Entry[]>();
  readonly #idOfDigest = new Map<string, bigint>();
  readonly #followers = new Followers();
  #lastId = 0n;
  #closed = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async append(entry: NewEntry): Promise<Appended> {
    this.#checkOpen();
    const { topic, body, digest, expectedLastId } = entry;
    const entries = this.#topics.get(topic) ?? [];
    const key = digest && `${topic} ${toHex(digest)}`;
    const known = key && this.#idOfDigest.get(key);
    if (known) return { id: known, duplicate: true };
    const lastId = entries.at(-1)?.id ?? 0n;
    if (expectedLastId !== undefined && expectedLastId !== lastId) {
      throw conflict(expectedLastId, lastId);
    }
    this.#lastId += 1n;
    const stored: Entry = {
      topic,
      id: this.#lastId,
      createdAtNs: nowNs(this.#clock),
      body: body.slice(),
    };
    if (key) this.#idOfDigest.set(key, stored.id);
    if (keepsNewestOnly(topic)) entries.length = 0;
    entries.push(stored);
    this.#topics.set(topic, entries);
    this.#followers.notify(stored);
    return { id: stored.id, duplicate: false };
  }

  async read(topic: TopicName, range: ReadRange): Promise<ReadPage> {
    this.#checkOpen();
    const { direction, cursor } = range;
    const entries = this.#topics.get(topic) ?? [];
    if (direction === "ascending") {
      return takePage(
        entries.slice(entries.findLastIndex(({ id }) => id <= cursor) + 1),
        range,
      );
    }
    const older = entries.filter(({ id }) => cursor === 0n || id < cursor);
    return takePage(older.reverse(), range);
  }

  async newest(
    topics: readonly TopicName[],
  ): Promise<readonly (Entry | undefined)[]> {
    this.#checkOpen();
    return topics.map((topic) => this.#topics.get(topic)?.at(-1));
  }

  follow(listener: (entry: Entry) => void): () => void {
    return this.#followers.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw storageClosed();
  }
}
