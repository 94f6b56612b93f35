import {
  type Clock,
  type GroupId,
  type InstallationId,
  nowNs,
  toHex,
} from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import type {
  Delivered,
  DeliveryOptions,
  DeliveryService,
  OutgoingWelcome,
  Page,
  Topic,
  TopicPosition,
} from "../ports/delivery-service.js";

/** The calls of a delivery service that a test can make fail. */
export type DeliveryCall = Exclude<keyof DeliveryService, "subscribe">;

/** A fault of a call: it throws before it has done anything, or does all of it and its answer is lost. */
export type DeliveryFault = "refused" | "answer-lost" | undefined;

// The XMTP node's own limit.
const pageEntries = 100;

/** The time from a lost connection to the next. */
const reconnectMs = 1_000;

/** An XMTP node in one process, which any number of installations share. */
export class MemoryDeliveryService implements DeliveryService {
  /** Is called before every call, for tests: the returned fault happens. */
  fault: (call: DeliveryCall) => DeliveryFault = () => undefined;
  readonly #clock: Clock;
  readonly #keyPackages = new Map<InstallationId, Uint8Array>();
  readonly #topics = new Map<string, Delivered[]>();
  readonly #seen = new Set<string>();
  readonly #wakers = new Set<() => void>();
  #connections = new AbortController();
  #lastId = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  uploadKeyPackage(
    installationId: InstallationId,
    keyPackage: Uint8Array,
    options?: DeliveryOptions,
  ): Promise<void> {
    return this.#call("uploadKeyPackage", options, () => {
      this.#keyPackages.set(installationId, keyPackage.slice());
    });
  }

  fetchKeyPackages(
    installationIds: readonly InstallationId[],
    options?: DeliveryOptions,
  ): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#call("fetchKeyPackages", options, () =>
      installationIds.map((id) => this.#keyPackages.get(id)?.slice()),
    );
  }

  sendGroupMessage(
    groupId: GroupId,
    data: Uint8Array,
    options?: DeliveryOptions,
  ): Promise<void> {
    return this.#call("sendGroupMessage", options, () => {
      this.#append({ topic: { kind: "group", groupId }, data: data.slice() });
    });
  }

  sendWelcomes(
    welcomes: readonly OutgoingWelcome[],
    options?: DeliveryOptions,
  ): Promise<void> {
    return this.#call("sendWelcomes", options, () => {
      for (const { installationId, data, ...welcome } of welcomes) {
        const topic = { kind: "welcomes", installationId } as const;
        this.#append({ topic, data: data.slice(), welcome });
      }
    });
  }

  query(
    topic: Topic,
    afterId: bigint,
    options?: DeliveryOptions,
  ): Promise<Page> {
    return this.#call("query", options, () => {
      const behind = this.#behind({ topic, afterId });
      return {
        entries: structuredClone(behind.slice(0, pageEntries)),
        more: behind.length > pageEntries,
      };
    });
  }

  async *subscribe(
    positions: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncGenerator<Delivered, void, undefined> {
    let places = positions;
    while (!signal.aborted) {
      const connection = this.#connections.signal;
      const ended = AbortSignal.any([signal, connection]);
      const news = places.flatMap((place) => this.#behind(place));
      for (const entry of news) {
        if (signal.aborted) return;
        yield structuredClone(entry);
      }
      places = places.map((place) => ({
        ...place,
        afterId:
          news.findLast(({ topic }) => nameOf(topic) === nameOf(place.topic))
            ?.id ?? place.afterId,
      }));
      if (places.every((place) => this.#behind(place).length === 0)) {
        await this.#news(ended);
      }
      if (connection.aborted) await this.#reconnect(signal);
    }
  }

  /** Breaks the connections of all subscriptions. Each reconnects after a second, from where it was. */
  disconnect(): void {
    this.#connections.abort();
    this.#connections = new AbortController();
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(reconnectMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #call<Result>(
    call: DeliveryCall,
    options: DeliveryOptions | undefined,
    work: () => Result,
  ): Promise<Result> {
    options?.signal?.throwIfAborted();
    const fault = this.fault(call);
    if (fault === "refused") throw new DOMException("refused", "NetworkError");
    const result = work();
    if (fault) throw new DOMException("answer lost", "NetworkError");
    return result;
  }

  #append(entry: Omit<Delivered, "id" | "createdAtNs">): void {
    const name = nameOf(entry.topic);
    const key = `${name} ${toHex(sha256(entry.data))}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#lastId += 1n;
    const entries = this.#topics.get(name) ?? [];
    const createdAtNs = nowNs(this.#clock);
    entries.push({ ...entry, id: this.#lastId, createdAtNs });
    this.#topics.set(name, entries);
    for (const wake of this.#wakers) wake();
  }

  #behind({ topic, afterId }: TopicPosition): readonly Delivered[] {
    const entries = this.#topics.get(nameOf(topic)) ?? [];
    const last = entries.findLastIndex(({ id }) => id <= afterId);
    return entries.slice(last + 1);
  }

  /** Resolves with the next entry of any topic, or when the subscription has ended. */
  #news(ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (ended.aborted) return resolve();
      const wake = () => {
        this.#wakers.delete(wake);
        ended.removeEventListener("abort", wake);
        resolve();
      };
      this.#wakers.add(wake);
      ended.addEventListener("abort", wake);
    });
  }
}

function nameOf(topic: Topic): string {
  return topic.kind === "group"
    ? `group ${topic.groupId}`
    : `welcomes ${topic.installationId}`;
}
