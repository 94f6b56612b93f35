import type { MlsInstallation } from "@history-sync/mls-group";
import type { InboxId } from "@history-sync/primitives";
import { openInboxInstallation } from "./inbox-installation.js";
import {
  installationAuthentication,
  ownInboxOnly,
} from "./installation-authentication.js";
import { type SyncGroupPorts, SyncGroups } from "./sync-groups.js";

// Long enough for a new installation that has just registered to make its group.
const defaultNewcomerGraceMs = 10_000;

export interface OpenOptions {
  readonly inboxId: InboxId;
  /** Opened elsewhere, with groups of other kinds beside the sync groups; left out, it is opened here. */
  readonly installation?: MlsInstallation;
  /**
   * How long an installation that is new to the inbox has to make a sync group of its own, from when this process first
   * hears of it, before it is added to an older one. Default: 10,000.
   */
  readonly newcomerGraceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens this installation's place among those of its inbox, from the store or anew. Its id comes with it, and only then
 * can it be added to the inbox.
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
