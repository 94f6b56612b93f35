import type { Clock } from "@history-sync/primitives";

// 100,000 addresses take about 10 MB. The one unseen for longest is forgotten first.
const maxAddresses = 100_000;
const minuteMs = 60_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Limits the requests of each address, by token buckets in memory of a fixed size. A minute's worth may come at once. All
 * addresses of one IPv6 /64 share a bucket.
 */
export class AddressRates {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  /** `perMinute` may be infinite. */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Counts a request. Returns false for one that is over the limit. */
  tryAcquire(address: string): boolean {
    const perMinute = this.#perMinute;
    if (perMinute === Number.POSITIVE_INFINITY) return true;
    const key = networkOf(address);
    const atMs = this.#clock.nowMs();
    const last = this.#buckets.get(key) ?? { tokens: perMinute, atMs };
    const passedMs = Math.max(0, atMs - last.atMs);
    const regained = (passedMs * perMinute) / minuteMs;
    const tokens = Math.min(perMinute, last.tokens + regained);
    const isWithin = tokens >= 1;
    // Deleted first, so that the map is in the order of the latest request.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isWithin ? tokens - 1 : tokens, atMs });
    if (this.#buckets.size > maxAddresses) forgetFirst(this.#buckets);
    return isWithin;
  }
}

/** How many tasks may run at once. */
export interface ConcurrencyLimits {
  /** The most at a time from one address. Default: unlimited. */
  readonly perAddress?: number | undefined;
  /** The most at a time in all. Default: unlimited. */
  readonly total?: number | undefined;
}

/** Limits what runs at a time, for each address and in all. All addresses of one IPv6 /64 count as one. */
export class AddressConcurrency {
  readonly #perAddress: number;
  readonly #total: number;
  readonly #running = new Map<string, number>();
  #runningInAll = 0;

  constructor({ perAddress, total }: ConcurrencyLimits) {
    this.#perAddress = perAddress ?? Number.POSITIVE_INFINITY;
    this.#total = total ?? Number.POSITIVE_INFINITY;
  }

  /** Counts one until the returned function is called. Returns the limit that is exhausted instead, where one is. */
  acquire(address: string): (() => void) | "per-address" | "total" {
    const key = networkOf(address);
    const running = this.#running.get(key) ?? 0;
    if (running >= this.#perAddress) return "per-address";
    if (this.#runningInAll >= this.#total) return "total";
    this.#running.set(key, running + 1);
    this.#runningInAll++;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#release(key);
    };
  }

  #release(key: string): void {
    this.#runningInAll--;
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left > 0) this.#running.set(key, left);
    else this.#running.delete(key);
  }
}

/** Returns the network that limits count: an IPv4 address, or the /64 of an IPv6 address, which one subscriber has. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [left = "", right] = address.split("%")[0]?.split("::") ?? [];
  const head = left === "" ? [] : left.split(":");
  const tail = right ? right.split(":") : [];
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [
    ...head,
    ...Array<string>(Math.max(0, zeros)).fill("0"),
    ...tail,
  ];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

function forgetFirst(buckets: Map<string, Bucket>): void {
  const [first] = buckets.keys();
  if (first !== undefined) buckets.delete(first);
}
