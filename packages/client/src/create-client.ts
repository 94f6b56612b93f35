import {
  type IdentityService,
  identityLog as openIdentityLog,
  type SmartContractVerifier,
} from "@history-sync/identity";
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
import { connectNode } from "./connection/connect-node.js";
import {
  type Environment,
  historySyncUrls,
} from "./connection/environments.js";
import { withSenderHmac } from "./connection/with-sender-hmac.js";
import {
  type NewInstallations,
  startDeviceSync,
} from "./history/device-sync.js";
import { type InboxSigner, openInbox } from "./identity/inbox.js";
import { openRegistered } from "./identity/open-installation.js";
import { Ledger } from "./messages/ledger.js";
import { hmacRoot } from "./preferences/hmac-root.js";
import { startClient } from "./start-client.js";

export interface ClientOptions {
  /** The user's wallet or passkey; asked for a signature when this installation is new. */
  readonly signer: InboxSigner;
  readonly store: Store;
  /** Default: `dev`, as in xmtp-js. */
  readonly env?: Environment;
  /** The node; by default that of `env`. */
  readonly nodeUrl?: string;
  /** Instead of the node's. */
  readonly deliveryService?: DeliveryService;
  /** Instead of the node's. */
  readonly identity?: IdentityService;
  /** Needed once a smart-contract wallet has signed. */
  readonly smartContracts?: SmartContractVerifier;
  /** The history server; by default that of `env`. Empty: history is neither asked for nor handed out. */
  readonly historySyncUrl?: string;
  /** Further history servers that archives may go to and come from. */
  readonly trustedServers?: readonly string[];
  /** Whether the user's other installations are given the history: `auto` (default), `ask` or `never`. */
  readonly releasePolicy?: ReleasePolicy;
  /** Default: HTTP, to the origins of `historySyncUrl` and `trustedServers` alone. */
  readonly historyServer?: HistoryServer;
  /** How a new installation comes into a sync group. Default: `make-a-group`. */
  readonly newInstallations?: NewInstallations;
  /** Neither history nor preferences go between the user's installations. */
  readonly disableDeviceSync?: boolean;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly log?: Logger;
  /** Ends the opening, not the client. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the installation that the store holds, or makes one and registers it with the signer's inbox. Its history sync
 * starts at once.
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
  historyServer,
  newInstallations = "make-a-group",
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
            historySyncUrl,
            trustedServers,
            policy: releasePolicy,
            newInstallations,
          },
          historyServer,
          context,
        );
    return await startClient(context, {
      inbox,
      ledger,
      deviceSync,
      disconnect: node.close,
    });
  } catch (error) {
    node.close();
    throw error;
  }
}
