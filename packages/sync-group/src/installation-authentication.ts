import type { AuthenticationService } from "@history-sync/mls-group";
import {
  type InboxStates,
  inboxOf,
  xmtpGroupRules,
} from "@history-sync/mls-group/xmtp";
import { type InboxId, installationIdOf } from "@history-sync/primitives";
import type { InstallationSource } from "./installation-source.js";

/** The rules of XMTP's groups, by what a source says of inboxes. */
export function installationAuthentication(
  source: InstallationSource,
): Required<AuthenticationService> {
  return xmtpGroupRules({ states: inboxStates(source) });
}

/** A leaf is genuine only if its credential names an inbox that has, or once had, an installation with its key. */
export function inboxStates(source: InstallationSource): InboxStates {
  return {
    installationsAt: (inboxId, sequenceId) =>
      source.installationsAt(inboxId, sequenceId),
    async validate(identity, signatureKey) {
      const inbox = inboxOf(identity);
      if (inbox === undefined || signatureKey.length !== 32) return false;
      const id = installationIdOf(signatureKey);
      const known = await source.installations(inbox);
      return (
        known.installations.includes(id) || (known.revoked ?? []).includes(id)
      );
    },
  };
}

/** Accepts nobody of another inbox. */
export function ownInboxOnly(
  authentication: AuthenticationService,
  own: InboxId,
): AuthenticationService {
  return {
    ...authentication,
    validate: async (identity, signatureKey) =>
      inboxOf(identity) === own &&
      authentication.validate(identity, signatureKey),
  };
}
