import type { AuthenticationService } from "@history-sync/mls-group";
import {
  type InboxStates,
  inboxOf,
  xmtpGroupRules,
} from "@history-sync/mls-group/xmtp";
import { type InboxId, installationIdOf } from "@history-sync/primitives";
import type { InstallationSource } from "./installation-source.js";

/** Returns the rules of XMTP's groups, by a source's inboxes. */
export function installationAuthentication(
  source: InstallationSource,
): Required<AuthenticationService> {
  return xmtpGroupRules({ states: inboxStates(source) });
}

/** Returns inbox states by which a leaf is genuine if its credential's inbox has, or had, an installation with its key. */
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

/** Refuses members of other inboxes. */
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
