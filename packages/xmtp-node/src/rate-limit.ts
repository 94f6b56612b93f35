import type { Clock } from "@history-sync/primitives";

const minuteMs = 60_000;
/** Addresses that are remembered; a full bucket is the same as none. */
const maxAddresses = 100_000;

interface Bucket {
  left: number;
  atMs: number;
}

/** A bucket for each address: a minute's worth at the start, filled again as time goes. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Counts a request; false if it is one too many. */
  take(address: string): boolean {
    const nowMs = this.#clock.nowMs();
    const bucket = this.#refilled(address, nowMs);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  #refilled(address: string, nowMs: number): Bucket {
    const bucket = this.#buckets.get(address);
    if (!bucket) {
      if (this.#buckets.size >= maxAddresses) this.#forgetOldest();
      const fresh = { left: this.#perMinute, atMs: nowMs };
      this.#buckets.set(address, fresh);
      return fresh;
    }
    const passedMs = Math.max(0, nowMs - bucket.atMs);
    const refill = (passedMs / minuteMs) * this.#perMinute;
    bucket.left = Math.min(this.#perMinute, bucket.left + refill);
    bucket.atMs = nowMs;
    return bucket;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
