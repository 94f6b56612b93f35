import { installationKeySigner } from "@history-sync/identity/private-key";
import type {
  AuthenticationService,
  MlsInstallation,
} from "@history-sync/mls-group";
import { xmtpGroupRules } from "@history-sync/mls-group/xmtp";
import { HistorySyncError } from "@history-sync/primitives";
import { openInboxInstallation } from "@history-sync/sync-group";
import type { ClientContext } from "../context.js";
import type { Inbox } from "./inbox.js";

export interface InstallationParts
  extends Omit<ClientContext, "installation" | "inboxId"> {
  readonly inbox: Inbox;
  /** Called for every commit that keeps XMTP's rules, before it is applied. */
  readonly onCommit: NonNullable<AuthenticationService["reviewCommit"]>;
}

/**
 * Opens the installation in the store, or creates one, and registers it with the inbox. Its key package is published
 * first, so that others can add it as soon as they see it in the inbox. An installation that was registered before opens
 * while the node is unreachable, too.
 */
export async function openRegistered(
  parts: InstallationParts,
  signal: AbortSignal | undefined,
): Promise<MlsInstallation> {
  const { inbox, identityLog, onCommit, log } = parts;
  const store = parts.store.groups;
  const options = signal === undefined ? {} : { signal };
  const rules = xmtpGroupRules({ states: identityLog });
  const installation = await openInboxInstallation(
    { ...parts, store },
    {
      inboxId: inbox.id,
      authentication: {
        ...rules,
        async reviewCommit(commit) {
          await rules.reviewCommit(commit);
          await onCommit(commit);
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
