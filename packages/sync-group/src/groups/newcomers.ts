import {
  type Clock,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";

/**
 * Tracks installations that are new to the inbox. Each of XMTP's new installations creates a sync group for all and reads
 * the newest that it created or joined: if it were added to an older one meanwhile, it would no longer read the group of
 * its own request.
 */
export class Newcomers {
  readonly #clock: Clock;
  readonly #graceNs: bigint;
  readonly #noticedAtNs = new Map<InstallationId, bigint>();

  constructor(clock: Clock, graceMs: number) {
    this.#clock = clock;
    this.#graceNs = BigInt(graceMs) * 1_000_000n;
  }

  /**
   * Records the installations of the inbox that aren't in the group. Returns when the first of them can be added, in
   * nanoseconds since the Unix epoch; undefined once it can.
   */
  notice(missing: readonly InstallationId[]): bigint | undefined {
    const now = nowNs(this.#clock);
    for (const id of this.#noticedAtNs.keys()) {
      if (!missing.includes(id)) this.#noticedAtNs.delete(id);
    }
    let firstDueAtNs: bigint | undefined;
    for (const id of missing) {
      const noticedAtNs = this.#noticedAtNs.get(id) ?? now;
      this.#noticedAtNs.set(id, noticedAtNs);
      const dueAtNs = noticedAtNs + this.#graceNs;
      if (firstDueAtNs === undefined || dueAtNs < firstDueAtNs)
        firstDueAtNs = dueAtNs;
    }
    return firstDueAtNs !== undefined && firstDueAtNs > now
      ? firstDueAtNs
      : undefined;
  }
}
