import type { InboxId, InstallationId } from "@history-sync/primitives";
import { IdentityError } from "./errors.js";
import { exactly, type FoldOptions, type InboxSnapshot } from "./fold-log.js";
import { type Identifier, installation } from "./identifier.js";
import type { CallOptions, IdentityService } from "./identity-service.js";
import { installationsOf, memberOf } from "./inbox-state.js";
import { KnownInboxes } from "./known-inboxes.js";
import type { IdentityLimits } from "./limits.js";
import { publishUpdate } from "./publish-update.js";
import type { SmartContractVerifier } from "./smart-contract-verifier.js";

/** The ports of an `IdentityLog`. */
export interface IdentityLogPorts {
  readonly service: IdentityService;
  /** Needed once a smart-contract wallet has signed. */
  readonly smartContracts?: SmartContractVerifier;
}

/** The limits of an `IdentityLog`. */
export interface IdentityLogOptions {
  readonly limits?: Partial<IdentityLimits>;
  /** So many inboxes are kept in memory; the least recently used go first. */
  readonly maxInboxes?: number;
}

/** The state of an inbox to read. */
export interface StateOptions extends CallOptions {
  /** The inbox as it was then; throws `missing-update` if its log has no update with exactly this id. */
  readonly atSequenceId?: bigint;
}

/** The installations of an inbox at one place of its log. */
export interface InboxInstallations {
  readonly sequenceId: bigint;
  readonly installations: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
}

/** Enough for the members of some large groups; a state of 10 installations is some kilobytes. */
const defaultMaxInboxes = 1000;

/** The logs of inboxes, verified. What is kept in memory was checked; only what is new is fetched and checked again. */
export interface IdentityLog {
  /** An inbox as it is now, or was then; undefined if it was never created. */
  state(
    inboxId: InboxId,
    options?: StateOptions,
  ): Promise<InboxSnapshot | undefined>;

  /** As they are now. An unknown inbox has none. Serves as `InstallationSource` of `@history-sync/sync-group`. */
  installations(
    inboxId: InboxId,
    options?: CallOptions,
  ): Promise<InboxInstallations>;

  /**
   * As they were right after the update with exactly this sequence id; undefined if the log has no such update or
   * can't be believed. With `hasEverHad` it serves as `InboxStates` of `@history-sync/mls-group/xmtp`.
   */
  installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
    options?: CallOptions,
  ): Promise<readonly InstallationId[] | undefined>;

  /**
   * Returns true if the inbox has, or once had, the installation. A revoked one counts too: without it, no member could
   * follow the commits that added and removed it. An inbox with an invalid log has had none.
   */
  hasEverHad(
    inboxId: InboxId,
    installationId: InstallationId,
    options?: CallOptions,
  ): Promise<boolean>;

  /** The inbox that an identifier belongs to, by the word of the node: the log may say otherwise. */
  inboxIdOf(
    identifier: Identifier,
    options?: CallOptions,
  ): Promise<InboxId | undefined>;

  /**
   * Checks an update against the log as it is now, publishes it, and gives the inbox after it. What is stored
   * already counts as published, so that it can be tried again after an answer got lost.
   */
  publish(update: Uint8Array, options?: CallOptions): Promise<InboxSnapshot>;
}

/**
 * Reads and writes inboxes' logs by a node, believing only what it has checked.
 *
 * @example
 * ```ts
 * import { type IdentityService, identityLog } from "@history-sync/identity";
 * import type { InboxId } from "@history-sync/primitives";
 *
 * export async function members(service: IdentityService, inboxId: InboxId) {
 *   const inbox = await identityLog({ service }).state(inboxId);
 *   const known = inbox?.state.members.values() ?? [];
 *   return [...known].map(({ identifier }) => identifier);
 * }
 * ```
 */
export function identityLog(
  { service, smartContracts }: IdentityLogPorts,
  { limits, maxInboxes = defaultMaxInboxes }: IdentityLogOptions = {},
): IdentityLog {
  const fold: FoldOptions = {
    ...(smartContracts === undefined ? {} : { smartContracts }),
    ...(limits === undefined ? {} : { limits }),
  };
  const inboxes = new KnownInboxes(service, fold, maxInboxes);

  async function stateAt(
    inboxId: InboxId,
    sequenceId: bigint,
    { signal }: CallOptions,
  ): Promise<InboxSnapshot> {
    const known = inboxes.at(inboxId, sequenceId);
    if (known !== undefined) return known;
    await inboxes.refresh(inboxId, signal);
    return exactly(inboxes.at(inboxId, sequenceId), sequenceId);
  }

  return {
    async state(inboxId, { atSequenceId, ...options } = {}) {
      return atSequenceId === undefined
        ? await inboxes.refresh(inboxId, options.signal)
        : await stateAt(inboxId, atSequenceId, options);
    },

    async installations(inboxId, { signal } = {}) {
      const snapshot = await inboxes.refresh(inboxId, signal);
      if (snapshot === undefined) {
        return { sequenceId: 0n, installations: [], revoked: [] };
      }
      const { sequenceId, state } = snapshot;
      const revoked = [...state.revoked];
      return { sequenceId, installations: installationsOf(state), revoked };
    },

    async installationsAt(inboxId, sequenceId, options = {}) {
      const then = await believed(stateAt(inboxId, sequenceId, options));
      return then && installationsOf(then.state);
    },

    async hasEverHad(inboxId, installationId, { signal } = {}) {
      // Nothing in a log is undone: the state in memory is enough for a yes, only the newest one for a no.
      return (
        hasHad(inboxes.newest(inboxId), installationId) ||
        hasHad(await believed(inboxes.refresh(inboxId, signal)), installationId)
      );
    },

    async inboxIdOf(identifier, callOptions) {
      const [inboxId] = await service.inboxIds([identifier], callOptions);
      return inboxId;
    },

    publish: (update, callOptions) =>
      publishUpdate(update, { service, inboxes, fold }, callOptions),
  };
}

/** Returns undefined where the log itself is invalid: a peer that names it must not make others wait for it. */
async function believed<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof IdentityError && !error.retryable) return undefined;
    throw error;
  }
}

function hasHad(
  snapshot: InboxSnapshot | undefined,
  id: InstallationId,
): boolean {
  if (snapshot === undefined) return false;
  const { state } = snapshot;
  return (
    memberOf(state, installation(id)) !== undefined || state.revoked.has(id)
  );
}
