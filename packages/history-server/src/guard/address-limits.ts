import type { Clock } from "@history-sync/primitives";
import { HistoryServerError } from "../errors.js";

export interface AddressLimitOptions {
  /** Of all kinds, from one address; a minute's worth may come at once. No limit where absent. */
  readonly requestsPerMinute?: number | undefined;
  /** That run at the same time from one address. No limit where absent. */
  readonly uploadsPerAddress?: number | undefined;
  /** That run at the same time in all. No limit where absent. */
  readonly uploadsAtOnce?: number | undefined;
}

export interface AddressLimits {
  /** Counts a request, or throws `rate-limited`. */
  request(address: string): void;
  /** Counts an upload until the function it gives is called, or throws `rate-limited`. */
  upload(address: string): () => void;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

// 100,000 addresses take about 10 MB. The one unseen for longest is forgotten first.
const maxAddresses = 100_000;
const minuteMs = 60_000;

/** Token buckets and counts by address, in memory of a fixed size. */
export function addressLimits(
  options: AddressLimitOptions,
  clock: Clock,
): AddressLimits {
  const perMinute = options.requestsPerMinute ?? Number.POSITIVE_INFINITY;
  const perAddress = options.uploadsPerAddress ?? Number.POSITIVE_INFINITY;
  const atOnce = options.uploadsAtOnce ?? Number.POSITIVE_INFINITY;
  const buckets = new Map<string, Bucket>();
  const running = new Map<string, number>();
  let runningInAll = 0;

  return {
    request(address) {
      if (perMinute === Number.POSITIVE_INFINITY) return;
      const key = networkOf(address);
      const atMs = clock.nowMs();
      const last = buckets.get(key) ?? { tokens: perMinute, atMs };
      const passedMs = Math.max(0, atMs - last.atMs);
      const regained = (passedMs * perMinute) / minuteMs;
      const tokens = Math.min(perMinute, last.tokens + regained);
      buckets.delete(key);
      buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, atMs });
      if (buckets.size > maxAddresses) forgetOldest(buckets);
      if (tokens < 1) throw limited(`${perMinute} requests a minute`);
    },
    upload(address) {
      const key = networkOf(address);
      const now = running.get(key) ?? 0;
      if (now >= perAddress) throw limited(`${perAddress} uploads at once`);
      if (runningInAll >= atOnce) throw limited(`${atOnce} uploads in all`);
      running.set(key, now + 1);
      runningInAll++;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        runningInAll--;
        const left = (running.get(key) ?? 1) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      };
    },
  };
}

/** An IPv6 subscriber has a /64 to himself: 2^64 addresses count as one. */
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
    .map((g) => Number.parseInt(g, 16).toString(16))
    .join(":")}::/64`;
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}

function limited(limit: string): HistoryServerError {
  return new HistoryServerError("rate-limited", `at most ${limit}`, {
    retryable: true,
  });
}
