import type { MlsInstallation } from "@history-sync/mls-group";
import type { InboxId } from "@history-sync/primitives";
import { openInboxInstallation } from "./installations/inbox-installation.js";
import {
  installationAuthentication,
  ownInboxOnly,
} from "./installations/installation-authentication.js";
import { type SyncGroupPorts, SyncGroups } from "./sync-groups.js";

// Long enough for a new installation that has just registered to create its group.
const defaultNewcomerGraceMs = 10_000;

/** The options of `openSyncGroups`. */
export interface OpenOptions {
  readonly inboxId: InboxId;
  /** An opened installation, which may have groups of other kinds too. Default: opened here. */
  readonly installation?: MlsInstallation;
  /**
   * How long a new installation may take to create its own sync group, since this process first saw it in the inbox,
   * before it is added to an older group. Default: 10,000.
   */
  readonly newcomerGraceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens the installation in the store, or creates one, and its sync groups. The installation's id is known from then on,
 * and it can be added to the inbox.
 */
export async function openSyncGroups(
  ports: SyncGroupPorts,
  options: OpenOptions,
): Promise<SyncGroups> {
  const { inboxId, newcomerGraceMs = defaultNewcomerGraceMs } = options;
  const installation =
    options.installation ??
    (await openInboxInstallation(ports, {
      ...options,
      authentication: ownInboxOnly(
        installationAuthentication(ports.installations),
        inboxId,
      ),
    }));
  return new SyncGroups(installation, inboxId, ports, newcomerGraceMs);
}
