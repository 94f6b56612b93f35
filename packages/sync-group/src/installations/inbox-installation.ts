import {
  type AuthenticationService,
  type MlsInstallation,
  type MlsPorts,
  openInstallation,
} from "@history-sync/mls-group";
import { applicationId, credentialOf } from "@history-sync/mls-group/xmtp";
import type { InboxId } from "@history-sync/primitives";

/** Opens an MLS installation with the credential and the key packages of XMTP's installations. */
export function openInboxInstallation(
  ports: Omit<MlsPorts, "authentication">,
  options: {
    readonly inboxId: InboxId;
    readonly authentication: AuthenticationService;
    readonly signal?: AbortSignal;
  },
): Promise<MlsInstallation> {
  const { inboxId, authentication, signal } = options;
  return openInstallation(
    { ...ports, authentication },
    {
      credential: credentialOf(inboxId),
      leafExtensions: [applicationId(inboxId)],
      ...(signal === undefined ? {} : { signal }),
    },
  );
}
