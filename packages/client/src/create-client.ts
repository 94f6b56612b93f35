import {
  type IdentityService,
  identityLog as openIdentityLog,
  type SmartContractVerifier,
} from "@history-sync/identity";
import type { WatcherSettings } from "@history-sync/installation-watcher";
import type { DeliveryService } from "@history-sync/mls-group";
import {
  type Clock,
  type Logger,
  type RandomBytes,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import type { HistoryServer, ReleasePolicy } from "@history-sync/sync-worker";
import type { Client } from "./client.js";
import { connectNode, withSenderHmac } from "./connection/connect-node.js";
import {
  type Environment,
  historySyncUrls,
} from "./connection/environments.js";
import {
  closeDeviceSync,
  type HistorySettings,
  type NewInstallations,
  startDeviceSync,
} from "./history/device-sync.js";
import { type InboxSigner, openInbox } from "./identity/inbox.js";
import { openRegistered } from "./identity/open-installation.js";
import { Ledger } from "./messages/ledger.js";
import { hmacRoot } from "./preferences/hmac-root.js";
import { startClient } from "./start-client.js";

/** The options of `createClient`. Only `signer` and `store` are required. */
export interface ClientOptions {
  /** The user's wallet or passkey; signs once when this installation is new, and when installations are revoked. */
  readonly signer: InboxSigner;
  readonly store: Store;
  /** Default: `dev`, as in xmtp-js. */
  readonly env?: Environment;
  /** The XMTP node's URL. Default: that of `env`. */
  readonly nodeUrl?: string;
  /** Replaces the XMTP node's delivery service. */
  readonly deliveryService?: DeliveryService;
  /** Replaces the XMTP node's identity service. */
  readonly identity?: IdentityService;
  /** Verifies signatures of smart-contract wallets. Without it they are refused. */
  readonly smartContracts?: SmartContractVerifier;
  /** The history server's URL. Default: that of `env`. Empty: history is neither requested nor sent. */
  readonly historySyncUrl?: string;
  /** Further history servers that archives may be uploaded to and downloaded from. */
  readonly trustedServers?: readonly string[];
  /** How requests of the user's other installations are answered: `auto` (default), `ask` or `never`. */
  readonly releasePolicy?: ReleasePolicy;
  /** How much history is transferred, and how. */
  readonly history?: HistorySettings;
  /** How often the installations of conversations' members are checked. */
  readonly installationChecks?: WatcherSettings;
  /** Default: a `historyServerClient` that connects to the origins of `historySyncUrl` and `trustedServers` only. */
  readonly historyServer?: HistoryServer;
  /** How a new installation joins a sync group. Default: `create-group`. */
  readonly newInstallations?: NewInstallations;
  /** True if neither history nor preferences are synced between the user's installations. */
  readonly disableDeviceSync?: boolean;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly log?: Logger;
  /** Aborts the opening; has no effect on the opened client. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the installation in the store, or creates one and registers it with the signer's inbox. History sync starts at
 * once.
 *
 * @example
 * ```ts
 * import { createClient } from "@history-sync/client";
 * import { privateKeySigner } from "@history-sync/identity/private-key";
 * import { systemRandomBytes } from "@history-sync/primitives";
 * import { memoryStore } from "@history-sync/store/memory";
 *
 * const client = await createClient({
 *   signer: privateKeySigner(systemRandomBytes(32)),
 *   store: memoryStore(),
 *   env: "local",
 * });
 * for await (const message of client.conversations.streamAllMessages()) {
 *   console.log(message.senderInboxId, message.text ?? message.fallback);
 * }
 * ```
 *
 * @throws {ClientError} `wrong-inbox`, `installation-revoked`
 */
export async function createClient({
  signer,
  store,
  env = "dev",
  nodeUrl,
  deliveryService,
  identity,
  smartContracts,
  historySyncUrl = historySyncUrls[env],
  trustedServers = [],
  releasePolicy = "auto",
  history = {},
  installationChecks = {},
  historyServer,
  newInstallations = "create-group",
  disableDeviceSync = false,
  clock = systemClock,
  randomBytes = systemRandomBytes,
  log = silent,
  signal,
}: ClientOptions): Promise<Client> {
  const services = { deliveryService, identity };
  const node = connectNode(services, { env, nodeUrl, clock });
  try {
    const identityLog = openIdentityLog({
      service: node.identity,
      ...(smartContracts && { smartContracts }),
    });
    const inbox = await openInbox(
      store.groups,
      { identityLog, signer, clock },
      signal,
    );
    const shared = {
      store,
      inboxId: inbox.id,
      identityLog,
      deliveryService: withSenderHmac(
        node.deliveryService,
        () => hmacRoot({ history: store.history, clock, randomBytes }),
        clock,
      ),
      clock,
      randomBytes,
      log,
    };
    const ledger = new Ledger(shared);
    const installation = await openRegistered(
      { ...shared, inbox, onCommit: (commit) => ledger.closeRequests(commit) },
      signal,
    );
    const context = { ...shared, installation };
    const deviceSync = disableDeviceSync
      ? undefined
      : await startDeviceSync(
          {
            ...history,
            historySyncUrl,
            trustedServers,
            policy: releasePolicy,
            newInstallations,
          },
          historyServer,
          context,
        );
    try {
      const disconnect = node.close;
      const parts = { inbox, ledger, deviceSync, installationChecks };
      return await startClient(context, { ...parts, disconnect });
    } catch (error) {
      if (deviceSync) await closeDeviceSync(deviceSync);
      throw error;
    }
  } catch (error) {
    node.close();
    throw error;
  }
}
