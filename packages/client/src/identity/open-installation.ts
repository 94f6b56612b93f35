import { installationKeySigner } from "@history-sync/identity/private-key";
import type { MlsInstallation } from "@history-sync/mls-group";
import { xmtpGroupRules } from "@history-sync/mls-group/xmtp";
import { HistorySyncError } from "@history-sync/primitives";
import { openInboxInstallation } from "@history-sync/sync-group";
import type { ClientContext } from "../context.js";
import type { Ledger } from "../messages/ledger.js";

/**
 * Opens the installation of the store, or makes one, and registers it with the inbox: its key package is published first,
 * so that whoever sees it in the inbox can add it. One that was in a group before also starts while the node is away.
 */
export async function openRegistered(
  context: Omit<ClientContext, "installation"> & { readonly ledger: Ledger },
  signal: AbortSignal | undefined,
): Promise<MlsInstallation> {
  const { inbox, identityLog, ledger, log } = context;
  const store = context.store.groups;
  const options = signal === undefined ? {} : { signal };
  const rules = xmtpGroupRules({ states: identityLog });
  const installation = await openInboxInstallation(
    { ...context, store },
    {
      inboxId: inbox.id,
      authentication: {
        ...rules,
        async reviewCommit(commit) {
          await rules.reviewCommit(commit);
          await ledger.closeRequests(commit);
        },
      },
      ...options,
    },
  );
  const record = await store.installation();
  if (!record) return installation;
  try {
    await inbox.register(installationKeySigner(record.signatureKey), signal);
  } catch (error) {
    const wasRegistered = installation.groups().length > 0;
    const isAway = error instanceof HistorySyncError && error.retryable;
    if (!wasRegistered || !isAway) throw error;
    log("client.offline", { code: error.code });
  }
  return installation;
}
