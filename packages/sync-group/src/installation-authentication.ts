import type { AuthenticationService } from "@history-sync/mls-group";
import { inboxOf } from "@history-sync/mls-group/xmtp";
import { type InboxId, installationIdOf } from "@history-sync/primitives";
import type { InstallationSource } from "./installation-source.js";

/** Accepts a leaf only if its credential names an inbox that has, or once had, an installation with its key. */
export function installationAuthentication(
  source: InstallationSource,
): AuthenticationService {
  return {
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
    validate: async (identity, signatureKey) =>
      inboxOf(identity) === own &&
      authentication.validate(identity, signatureKey),
  };
}
