import {
  type Clock,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";

/**
 * Who is new to the inbox. Each of XMTP's new installations makes a sync group for all and listens to the newest that
 * it made or joined: to be added to an older one meanwhile would lead it away from the group that it has just asked in.
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
   * Takes all installations of the inbox that aren't in the group. Gives when the first of them can be added, by the
   * clock; undefined once it can.
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
