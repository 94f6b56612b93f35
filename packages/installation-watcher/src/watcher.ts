import { Semaphore, withDeadline } from "@history-sync/async";
import {
  type Clock,
  type Logger,
  nowNs,
  silent,
  systemClock,
} from "@history-sync/primitives";
import { Caller } from "./caller.js";
import { checkPending } from "./check-times.js";
import { InstallationWatcherError } from "./errors.js";
import type {
  Finding,
  InstallationWatcher,
  Outcome,
  WatcherPorts,
} from "./installation-watcher.js";
import { readSettings, type WatcherSettings } from "./settings.js";
import {
  type Failures,
  type Past,
  type Reason,
  type Verdict,
  verdictOn,
} from "./verdict.js";

/**
 * Creates a watcher over any number of keys. A key is the subject of one check, such as a conversation.
 *
 * @example
 * ```ts
 * import { createInstallationWatcher } from "@history-sync/installation-watcher";
 * import { MemoryCheckTimes } from "@history-sync/installation-watcher/memory";
 *
 * await using watcher = createInstallationWatcher({
 *   checkInstallations: async (key) => {
 *     console.log(`read the identity logs of the members of ${key}`);
 *     return { added: [], revoked: [] };
 *   },
 *   times: new MemoryCheckTimes(),
 * });
 * await watcher.check("conversation", "send");
 * ```
 *
 * @throws {InstallationWatcherError} `invalid-setting`
 */
export function createInstallationWatcher<
  Key extends string = string,
  Found extends Finding = Finding,
>(
  ports: WatcherPorts<Key, Found>,
  settings: WatcherSettings = {},
): InstallationWatcher<Key, Found> {
  return new Watcher(ports, readSettings(settings));
}

/** The calls for a key. */
interface Line<Found extends Finding> {
  /** In the order of the calls; some may have been aborted by their signal. */
  readonly waiting: Caller<Found>[];
  /** Those that the check in progress serves. */
  served: readonly Caller<Found>[];
}

class Watcher<Key extends string, Found extends Finding>
  implements InstallationWatcher<Key, Found>
{
  readonly #ports: WatcherPorts<Key, Found>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #settings: Required<WatcherSettings>;
  readonly #checks: Semaphore;
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
    this.#checks = new Semaphore(settings.maxConcurrentChecks);
  }

  async check(
    key: Key,
    reason: Reason,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Outcome<Found>> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const caller = new Caller<Found>(reason, signal);
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

  /** Serves a key until no call is pending. An error of the store rejects all of its calls. */
  async #serve(key: Key, line: Line<Found>): Promise<void> {
    try {
      while (line.waiting.length > 0) await this.#round(key, line);
    } catch (error) {
      for (const caller of line.waiting) caller.reject(error);
    } finally {
      this.#lines.delete(key);
    }
  }

  /** Answers all calls by one check if any of them needs it, or else each by its cool-down. */
  async #round(key: Key, line: Line<Found>): Promise<void> {
    const checkedAtNs = await this.#ports.times.get(key);
    const past = { checkedAtNs, failures: this.#failures.get(key) };
    const verdicts = this.#verdicts(line, past);
    if (verdicts.some(([, { kind }]) => kind === "check")) {
      await this.#checks.run(() => this.#checkInTurn(key, line, past));
      return;
    }
    line.waiting.length = 0;
    for (const [caller, verdict] of verdicts) {
      if (verdict.kind !== "check") caller.decline(verdict);
    }
  }

  /** Returns the verdicts on all pending calls, at one and the same time. */
  #verdicts(
    { waiting }: Line<Found>,
    past: Past,
  ): readonly (readonly [Caller<Found>, Verdict])[] {
    const now = nowNs(this.#clock);
    return waiting
      .filter(({ pending }) => pending)
      .map((caller) => [
        caller,
        verdictOn(caller.reason, past, now, this.#settings),
      ]);
  }

  async #checkInTurn(key: Key, line: Line<Found>, past: Past): Promise<void> {
    // The calls that needed the check may have been aborted before its turn came.
    const verdicts = this.#verdicts(line, past);
    if (!verdicts.some(([, { kind }]) => kind === "check")) return;
    // A check that a crash interrupts must not count.
    await this.#ports.times.set(key, checkPending);
    line.served = line.waiting.splice(0);
    try {
      await this.#check(key, line.served);
    } finally {
      line.served = [];
    }
  }

  async #check(key: Key, served: readonly Caller<Found>[]): Promise<void> {
    const checkedAtNs = nowNs(this.#clock);
    try {
      const found = await this.#findInTime(key);
      await this.#ports.times.set(key, checkedAtNs);
      this.#failures.delete(key);
      for (const caller of served) {
        caller.resolve({ kind: "checked", checkedAtNs, found });
      }
    } catch (cause) {
      for (const caller of served) caller.reject(cause);
      if (this.#closing.signal.aborted) return;
      const count = (this.#failures.get(key)?.count ?? 0) + 1;
      this.#failures.set(key, { count, atNs: nowNs(this.#clock), cause });
      this.#log("installation-check.failed", { key, failures: count });
    }
  }

  /** Closing aborts the check and waits for its end; the time limit doesn't wait. */
  #findInTime(key: Key): Promise<Found> {
    const closing = this.#closing.signal;
    const limitMs = this.#settings.checkTimeoutMs;
    closing.throwIfAborted();
    return withDeadline(
      (expired) => this.#find(key, AbortSignal.any([closing, expired])),
      limitMs,
      {
        clock: this.#clock,
        error: () =>
          new InstallationWatcherError(
            "check-timed-out",
            `expected a check to end within ${limitMs} ms`,
            { retryable: true },
          ),
      },
    );
  }

  async #find(key: Key, signal: AbortSignal): Promise<Found> {
    const found = await this.#ports.checkInstallations(key, signal);
    signal.throwIfAborted();
    const added = found.added.length;
    const revoked = found.revoked.length;
    this.#log("installation-check.done", { key, added, revoked });
    if (added + revoked > 0) await this.#ports.onFound?.(key, found, signal);
    return found;
  }
}
