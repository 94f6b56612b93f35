import type { AuthenticationService } from "@history-sync/mls-group";
import {
  type InboxStates,
  inboxOf,
  xmtpGroupRules,
} from "@history-sync/mls-group/xmtp";
import type { InboxId } from "@history-sync/primitives";
import type { InstallationSource } from "./installation-source.js";

/** Returns the rules of XMTP's groups, by a source's inboxes. */
export function installationAuthentication(
  source: InstallationSource,
): Required<AuthenticationService> {
  return xmtpGroupRules({ states: inboxStates(source) });
}

/** Returns the inbox states that a source of installations knows. */
export function inboxStates(source: InstallationSource): InboxStates {
  return {
    installationsAt: (inboxId, sequenceId) =>
      source.installationsAt(inboxId, sequenceId),
    async hasEverHad(inboxId, id) {
      const { installations, revoked } = await source.installations(inboxId);
      return installations.includes(id) || (revoked ?? []).includes(id);
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
