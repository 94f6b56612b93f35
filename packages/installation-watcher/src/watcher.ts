import type { Clock, Logger } from "@history-sync/primitives";
import { nowNs, silent, systemClock } from "@history-sync/primitives";
import { decline, judge, needsLook } from "./answers.js";
import { Caller } from "./caller.js";
import { InstallationWatcherError } from "./errors.js";
import type { Finding, Outcome } from "./finding.js";
import type { InstallationWatcher } from "./installation-watcher.js";
import { lookOwed } from "./look-times.js";
import type { WatcherPorts } from "./ports.js";
import type { WatcherSettings } from "./settings.js";
import { Slots } from "./slots.js";
import { withinLimit } from "./time-limit.js";
import type { Failures, Reason } from "./verdict.js";

/** A key that is being seen to. */
interface Line<Found extends Finding> {
  /** In the order of the calls; some may have left by their signal. */
  readonly waiting: Caller<Outcome<Found>>[];
  /** Those whom the look under way is for. */
  served: readonly Caller<Outcome<Found>>[];
}

export class Watcher<Key extends string, Found extends Finding>
  implements InstallationWatcher<Key, Found>
{
  readonly #ports: WatcherPorts<Key, Found>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #settings: Required<WatcherSettings>;
  readonly #slots: Slots;
  readonly #lines = new Map<Key, Line<Found>>();
  readonly #failures = new Map<Key, Failures>();
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    ports: WatcherPorts<Key, Found>,
    settings: Required<WatcherSettings>,
  ) {
    this.#ports = ports;
    this.#clock = ports.clock ?? systemClock;
    this.#log = ports.log ?? silent;
    this.#settings = settings;
    this.#slots = new Slots(settings.maxLooks);
  }

  async check(
    key: Key,
    reason: Reason,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Outcome<Found>> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const caller = new Caller<Outcome<Found>>(reason, signal);
    const line = this.#lines.get(key);
    if (line) line.waiting.push(caller);
    else this.#open(key, { waiting: [caller], served: [] });
    return caller.answer;
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      const closed = new InstallationWatcherError(
        "closed",
        "expected an open watcher, got one that was closed",
      );
      for (const { waiting, served } of this.#lines.values()) {
        for (const caller of [...waiting, ...served]) caller.reject(closed);
      }
      this.#closing.abort(closed);
    }
    await this.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(key: Key, line: Line<Found>): void {
    this.#lines.set(key, line);
    const running = this.#serve(key, line).finally(() =>
      this.#running.delete(running),
    );
    this.#running.add(running);
  }

  /** Sees to a key until nobody waits. A store that fails answers everybody. */
  async #serve(key: Key, line: Line<Found>): Promise<void> {
    try {
      while (line.waiting.length > 0) await this.#round(key, line);
    } catch (error) {
      for (const caller of line.waiting) caller.reject(error);
    } finally {
      this.#lines.delete(key);
    }
  }

  /** Answers those who wait: all by one look if any of them needs it, or else each by its cool-down. */
  async #round(key: Key, line: Line<Found>): Promise<void> {
    const lookedAtNs = await this.#ports.times.get(key);
    const past = { lookedAtNs, failures: this.#failures.get(key) };
    const verdicts = () =>
      judge(line.waiting, past, nowNs(this.#clock), this.#settings);
    const now = verdicts();
    if (!now.some(needsLook)) {
      line.waiting.length = 0;
      for (const judged of now) decline(judged);
      return;
    }
    await this.#slots.take();
    try {
      // Whoever needed the look may have left before its turn came.
      if (!verdicts().some(needsLook)) return;
      // A look that a crash cuts short must not count.
      await this.#ports.times.set(key, lookOwed);
      line.served = line.waiting.splice(0);
      await this.#look(key, line.served);
    } finally {
      line.served = [];
      this.#slots.release();
    }
  }

  async #look(
    key: Key,
    served: readonly Caller<Outcome<Found>>[],
  ): Promise<void> {
    const lookedAtNs = nowNs(this.#clock);
    try {
      const found = await withinLimit(
        (signal) => this.#find(key, signal),
        this.#settings.lookLimitMs,
        this.#clock,
        this.#closing.signal,
      );
      await this.#ports.times.set(key, lookedAtNs);
      this.#failures.delete(key);
      for (const caller of served) {
        caller.resolve({ kind: "looked", lookedAtNs, found });
      }
    } catch (cause) {
      for (const caller of served) caller.reject(cause);
      if (this.#closing.signal.aborted) return;
      const count = (this.#failures.get(key)?.count ?? 0) + 1;
      this.#failures.set(key, { count, atNs: nowNs(this.#clock), cause });
      this.#log("installation-look.failed", { key, failures: count });
    }
  }

  async #find(key: Key, signal: AbortSignal): Promise<Found> {
    const found = await this.#ports.look(key, signal);
    signal.throwIfAborted();
    const added = found.added.length;
    const revoked = found.revoked.length;
    this.#log("installation-look.done", { key, added, revoked });
    if (added + revoked > 0) await this.#ports.onFound?.(key, found, signal);
    return found;
  }
}
