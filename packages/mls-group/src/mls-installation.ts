import { Mutex } from "@history-sync/async";
import {
  equalBytes,
  type GroupId,
  groupIdOf,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import type { MlsContext, MlsPorts } from "./context.js";
import { openTsMlsEngine } from "./engine/ts-mls-engine.js";
import { MlsGroupError } from "./errors.js";
import { viewOf } from "./group/group-view.js";
import { MlsGroup } from "./group/mls-group.js";
import { RenewalTimer } from "./joining/key-package-renewal.js";
import {
  ensureKeyPackage,
  newLeaf,
  publishKeyPackage,
  wipeKeyPackages,
} from "./joining/key-packages.js";
import { join } from "./joining/welcomes.js";
import {
  type Extension,
  groupIdBytes,
  keyUpdateIntervalMs,
  renewalAfterWelcomeMs,
  signatureKeyBytes,
} from "./parameters.js";
import type { Member } from "./ports/authentication-service.js";
import type { Delivered } from "./ports/delivery-service.js";
import type {
  GroupRecord,
  InstallationRecord,
} from "./ports/group-state-store.js";
import { entriesAfter } from "./receiving/topics.js";

/** How an installation is opened. */
export interface InstallationOptions {
  /** The identity of the basic credential in every leaf of this installation. */
  readonly credential: Uint8Array;
  /** Further extensions in the leaf of its key packages, such as the application id. */
  readonly leafExtensions?: readonly Extension[];
  /**
   * A commit that renews this installation's keys precedes a message if its last one is older than this. Default: 30
   * days, as in XMTP; `Infinity`: never.
   */
  readonly keyUpdateIntervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens the installation in the store, or creates one: its signature key, which is its id, and a key package. Then
 * resumes what a crash has left unfinished; a later sync does so if the delivery service can't be reached.
 *
 * @throws {MlsGroupError} `wrong-credential`, `unsupported-state`
 */
export async function openInstallation(
  ports: MlsPorts,
  options: InstallationOptions,
): Promise<MlsInstallation> {
  const { store, log } = ports;
  const engine = await openTsMlsEngine(ports.authentication);
  const context: MlsContext = {
    ...ports,
    engine,
    keyUpdateIntervalMs: options.keyUpdateIntervalMs ?? keyUpdateIntervalMs,
  };
  const record = await openRecord(options.credential, context);
  const leafExtensions = options.leafExtensions ?? [];
  await ensureKeyPackage(record, leafExtensions, context);
  const { credential, welcomeCursor } = record;
  const installationId = engine.installationId(record.signatureKey);
  const self = { installationId, credential };
  const groups: MlsGroup[] = [];
  for (const group of await store.groups()) {
    const view = await viewOf(group, engine);
    groups.push(new MlsGroup(group, view, self, context));
  }
  const installation = new MlsInstallation(
    { self, welcomeCursor, leafExtensions },
    groups,
    context,
  );
  try {
    await installation.resume(options.signal);
  } catch (error) {
    if (!(error instanceof MlsGroupError) || !error.retryable) throw error;
    log("installation.offline", { code: error.code });
  }
  return installation;
}

async function openRecord(
  credential: Uint8Array,
  { store, randomBytes }: MlsContext,
): Promise<InstallationRecord> {
  const known = await store.installation();
  if (!known) {
    const signatureKey = randomBytes(signatureKeyBytes);
    const made = { signatureKey, credential, welcomeCursor: 0n };
    await store.commit({ installation: made });
    return made;
  }
  if (equalBytes(known.credential, credential)) return known;
  throw new MlsGroupError(
    "wrong-credential",
    `expected the store's own credential of ${known.credential.length} bytes, got another of ${credential.length}`,
  );
}

/** An installation as a client of MLS: its key, its key packages and its groups. */
export class MlsInstallation {
  /** The installation's Ed25519 public key. */
  readonly id: InstallationId;
  readonly #self: Member;
  readonly #context: MlsContext;
  readonly #groups: Map<GroupId, MlsGroup>;
  readonly #leafExtensions: readonly Extension[];
  readonly #mutex = new Mutex();
  readonly #renewal: RenewalTimer;
  #welcomeCursor: bigint;

  /** Is called by `openInstallation` only. */
  constructor(
    {
      self,
      welcomeCursor,
      leafExtensions,
    }: {
      readonly self: Member;
      readonly welcomeCursor: bigint;
      readonly leafExtensions: readonly Extension[];
    },
    groups: readonly MlsGroup[],
    context: MlsContext,
  ) {
    this.id = self.installationId;
    this.#self = self;
    this.#welcomeCursor = welcomeCursor;
    this.#groups = new Map(groups.map((group) => [group.id, group]));
    this.#context = context;
    this.#leafExtensions = leafExtensions;
    this.#renewal = new RenewalTimer(context);
  }

  /** The id of the last Welcome that was processed. */
  get welcomeCursor(): bigint {
    return this.#welcomeCursor;
  }

  groups(): readonly MlsGroup[] {
    return [...this.#groups.values()];
  }

  group(id: GroupId): MlsGroup | undefined {
    return this.#groups.get(id);
  }

  /** Creates a group of this installation alone, under a random id. Nothing is sent. */
  async createGroup(options: {
    readonly extensions: readonly Extension[];
  }): Promise<MlsGroup> {
    const { engine, clock, randomBytes, store } = this.#context;
    const id = groupIdOf(randomBytes(groupIdBytes));
    const leaf = newLeaf(await this.#record(), clock.nowMs());
    const state = await engine.createGroup(id, leaf, options.extensions);
    const record: GroupRecord = {
      id,
      state,
      epoch: 0n,
      cursor: 0n,
      createdAtNs: this.#newGroupAtNs(),
      active: true,
      keysRenewedAtNs: nowNs(clock),
      welcomes: [],
    };
    await store.commit({ groups: [record] });
    return this.#keep(record);
  }

  /**
   * Joins the groups that other members have added this installation to. Returns those that are new or had been left.
   */
  syncWelcomes(signal?: AbortSignal): Promise<readonly MlsGroup[]> {
    return this.#mutex.run(async () => {
      await this.#renew(signal);
      const topic = { kind: "welcomes", installationId: this.id } as const;
      const joined: MlsGroup[] = [];
      for await (const entry of entriesAfter(
        topic,
        this.#welcomeCursor,
        this.#context,
        signal,
      )) {
        const group = await this.#handleWelcome(entry, signal);
        if (group) joined.push(group);
      }
      await wipeKeyPackages(this.#context);
      return joined;
    }, signal);
  }

  /** Publishes again what a crash may have held back, and receives the groups' new entries. */
  async resume(signal?: AbortSignal): Promise<void> {
    await this.#mutex.run(() => this.#renew(signal), signal);
    for (const group of this.groups()) await group.sync(signal);
  }

  /**
   * Renews the key package whenever it is due, until the signal aborts: after 30 days, and 5 s after a Welcome was
   * processed, since a key package protects several Welcomes less well than one. Without this call, `syncWelcomes`
   * renews it.
   *
   * @throws the store's errors
   */
  keepKeyPackageFresh(signal: AbortSignal): Promise<void> {
    const renew = () => this.#mutex.run(() => this.#renew(signal), signal);
    return this.#renewal.run(renew, signal);
  }

  async #renew(signal: AbortSignal | undefined): Promise<void> {
    const record = await this.#record();
    await ensureKeyPackage(record, this.#leafExtensions, this.#context);
    await publishKeyPackage(this.id, this.#context, signal);
  }

  async #handleWelcome(
    entry: Delivered,
    signal: AbortSignal | undefined,
  ): Promise<MlsGroup | undefined> {
    const { store, log } = this.#context;
    const before = await this.#record();
    const installation = { ...before, welcomeCursor: entry.id };
    let group: MlsGroup | undefined;
    try {
      const createdAtNs = this.#newGroupAtNs();
      const context = this.#context;
      const record = await join(entry, installation, createdAtNs, context);
      const known = this.#groups.get(record.id);
      const renewing = { ...installation, renewAtNs: this.#renewalNs(before) };
      if (known) {
        const isRejoined = await known.rejoin(record, renewing, signal);
        group = isRejoined ? known : undefined;
      } else {
        await store.commit({ groups: [record], installation: renewing });
        group = await this.#keep(record);
      }
      this.#renewal.moved();
      log("welcome.taken", {
        group: record.id,
        isNew: group !== undefined,
        algorithm: entry.welcome?.wrapperAlgorithm ?? 0,
      });
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.retryable) throw error;
      log("welcome.skipped", { id: entry.id, code: error.code });
      await store.commit({ installation });
    }
    this.#welcomeCursor = entry.id;
    return group;
  }

  /** Returns one time for all Welcomes that arrive together, soon after the first of them. */
  #renewalNs({ renewAtNs }: InstallationRecord): bigint {
    const soon = BigInt(renewalAfterWelcomeMs) * 1_000_000n;
    return renewAtNs ?? nowNs(this.#context.clock) + soon;
  }

  /**
   * Returns a time later than that of every other group, so that the newest one doesn't depend on a coarse or
   * corrected clock.
   */
  #newGroupAtNs(): bigint {
    let time = nowNs(this.#context.clock);
    for (const { createdAtNs } of this.groups()) {
      if (createdAtNs >= time) time = createdAtNs + 1n;
    }
    return time;
  }

  async #keep(record: GroupRecord): Promise<MlsGroup> {
    const view = await viewOf(record, this.#context.engine);
    const group = new MlsGroup(record, view, this.#self, this.#context);
    this.#groups.set(group.id, group);
    return group;
  }

  async #record(): Promise<InstallationRecord> {
    const record = await this.#context.store.installation();
    if (record) return record;
    throw new MlsGroupError(
      "wrong-credential",
      "expected the store of this installation, got an empty one",
    );
  }
}
