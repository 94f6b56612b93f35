import {
  firstNonce,
  type IdentityLog,
  type InboxSnapshot,
  type InstallationSigner,
  inboxIdOf,
  type PasskeySigner,
  registration,
  revokeInstallations,
  type Signer,
  signUpdate,
} from "@history-sync/identity";
import type { GroupStateStore } from "@history-sync/mls-group";
import { inboxOf } from "@history-sync/mls-group/xmtp";
import {
  type Clock,
  type InboxId,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import { ClientError } from "../errors.js";

/** The wallet or passkey that owns the inbox. It signs only when an installation is added or revoked. */
export type InboxSigner = Signer | PasskeySigner;

export interface InboxPorts {
  readonly identityLog: IdentityLog;
  readonly signer: InboxSigner;
  readonly clock: Clock;
}

// If two installations create an inbox at once, the second one finds its log at the next attempt.
const maxRegistrations = 3;

/** Opens the inbox of the store's installation; for an empty store the signer's, registered or not. */
export async function openInbox(
  groups: GroupStateStore,
  ports: InboxPorts,
  signal?: AbortSignal,
): Promise<Inbox> {
  const known = await groups.installation();
  const own = known && inboxOf(known.credential);
  if (own !== undefined) return new Inbox(own, ports);
  const owner = ports.signer.identifier();
  const owned = await ports.identityLog.inboxIdOf(owner, options(signal));
  return new Inbox(owned ?? inboxIdOf(owner, firstNonce), ports);
}

/** The inbox of this installation: reads its state, adds and revokes installations. */
export class Inbox {
  readonly id: InboxId;
  readonly #ports: InboxPorts;
  #newest: InboxSnapshot | undefined;

  constructor(id: InboxId, ports: InboxPorts) {
    this.id = id;
    this.#ports = ports;
  }

  /**
   * Returns the inbox's current state, or without `refresh` the one that this client last read.
   *
   * @throws {ClientError} `wrong-inbox`
   */
  async snapshot(refresh = true): Promise<InboxSnapshot> {
    if (refresh || !this.#newest) {
      this.#newest = await this.#ports.identityLog.state(this.id);
    }
    if (this.#newest) return this.#newest;
    throw new ClientError(
      "wrong-inbox",
      "expected the log of the store's inbox, got an empty one",
    );
  }

  /**
   * Adds the installation to the inbox, which is created if needed. The owner signs once, unless the installation was added
   * already. Its key package must be published before.
   *
   * @throws {ClientError} `installation-revoked`, `wrong-inbox`
   */
  async register(
    added: InstallationSigner,
    signal?: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#register(added, signal);
      } catch (error) {
        if (attempt >= maxRegistrations || !(await this.#overtaken(signal))) {
          throw error;
        }
      }
    }
  }

  /** Revokes installations by one signature of the inbox's owner. */
  async revoke(ids: readonly InstallationId[]): Promise<void> {
    const { identityLog, signer } = this.#ports;
    const { state } = await this.snapshot();
    const draft = revokeInstallations(state, ids, this.#now());
    const update = await signUpdate(draft, [signer]);
    this.#newest = await identityLog.publish(update);
  }

  async #register(
    added: InstallationSigner,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { identityLog, signer } = this.#ports;
    const { installationId } = added;
    const owner = signer.identifier();
    this.#newest = await identityLog.state(this.id, options(signal));
    if (this.#newest?.state.revoked.has(installationId)) {
      throw new ClientError(
        "installation-revoked",
        `expected an installation of the inbox, got one that was revoked by sequence id ${this.#newest.sequenceId}`,
      );
    }
    const draft = await registration(identityLog, owner, installationId, {
      ...this.#now(),
      ...options(signal),
    });
    if (!draft) return;
    if (draft.inboxId !== this.id) {
      throw new ClientError(
        "wrong-inbox",
        "expected the signer of the store's inbox, got another's",
      );
    }
    const update = await signUpdate(draft, [signer, added], options(signal));
    this.#newest = await identityLog.publish(update, options(signal));
  }

  /** True if the log has grown since it was last read. */
  async #overtaken(signal: AbortSignal | undefined): Promise<boolean> {
    const before = this.#newest?.sequenceId;
    const now = await this.#ports.identityLog.state(this.id, options(signal));
    return now?.sequenceId !== before;
  }

  #now(): { readonly clientTimestampNs: bigint } {
    return { clientTimestampNs: nowNs(this.#ports.clock) };
  }
}

function options(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
}
