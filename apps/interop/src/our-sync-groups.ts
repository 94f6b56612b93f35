import {
  firstNonce,
  type IdentityLog,
  identityLog,
  inboxIdOf,
  registration,
  revokeInstallations,
  type Signer,
  signUpdate,
} from "@history-sync/identity";
import {
  installationKeySigner,
  privateKeySigner,
} from "@history-sync/identity/private-key";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import {
  fromHex,
  installationId,
  nowNs,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import {
  type OpenOptions,
  openSyncGroups,
  type SyncGroups,
} from "@history-sync/sync-group";
import {
  NodeDeliveryService,
  NodeIdentityService,
} from "@history-sync/xmtp-node-client";
import { grpcTransport } from "@history-sync/xmtp-node-client/node";

const now = () => ({ clientTimestampNs: nowNs(systemClock) });

/** An installation of ours with its sync groups, and nothing above them that speaks or answers by itself. */
export class OurSyncGroups {
  readonly groups: SyncGroups;
  readonly #identity: IdentityLog;
  readonly #wallet: Signer;
  readonly #disconnect: () => void;

  private constructor(
    groups: SyncGroups,
    identity: IdentityLog,
    wallet: Signer,
    disconnect: () => void,
  ) {
    this.groups = groups;
    this.#identity = identity;
    this.#wallet = wallet;
    this.#disconnect = disconnect;
  }

  /** Registers a new installation of the wallet's inbox. */
  static async register(
    nodeUrl: string,
    walletKey: string,
    options: Pick<OpenOptions, "newcomerGraceMs"> = {},
  ): Promise<OurSyncGroups> {
    const { transport, close } = grpcTransport(nodeUrl);
    const deliveryService = new NodeDeliveryService(transport);
    const service = new NodeIdentityService(transport);
    const identity = identityLog({ service });
    const wallet = privateKeySigner(fromHex(walletKey.slice(2)));
    const owner = wallet.identifier();
    const inboxId =
      (await identity.inboxIdOf(owner)) ?? inboxIdOf(owner, firstNonce);
    const store = new MemoryGroupStateStore();
    const groups = await openSyncGroups(
      {
        deliveryService,
        store,
        installations: identity,
        clock: systemClock,
        randomBytes: systemRandomBytes,
        log: process.env.SHOW_LOG ? console.error : silent,
      },
      { ...options, inboxId },
    );
    const record = await store.installation();
    if (!record) throw new Error("the store has no installation");
    const key = installationKeySigner(record.signatureKey);
    const draft = await registration(
      identity,
      owner,
      key.installationId,
      now(),
    );
    if (!draft) throw new Error("the new installation is in the inbox already");
    await identity.publish(await signUpdate(draft, [wallet, key]));
    return new OurSyncGroups(groups, identity, wallet, close);
  }

  get installationId(): string {
    return this.groups.installationId;
  }

  /** Takes an installation out of the inbox; the sync groups are left as they are. */
  async revoke(id: string): Promise<void> {
    const known = await this.#identity.state(this.groups.inboxId);
    if (!known) throw new Error("the inbox has no log");
    const ids = [installationId(id)];
    const draft = revokeInstallations(known.state, ids, now());
    await this.#identity.publish(await signUpdate(draft, [this.#wallet]));
  }

  async close(): Promise<void> {
    await this.groups.close();
    this.#disconnect();
  }
}
