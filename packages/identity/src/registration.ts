import type { InstallationId } from "@history-sync/primitives";
import type { UpdateDraft } from "./draft.js";
import { addInstallation, createInbox } from "./drafts.js";
import type { Identifier } from "./identifier.js";
import { installation } from "./identifier.js";
import type { IdentityLog } from "./identity-log.js";
import type { CallOptions } from "./identity-service.js";
import { memberOf } from "./inbox-state.js";

/** How an installation is registered. */
export interface RegistrationOptions extends CallOptions {
  /** For a new inbox; an identifier that has one stays with it. */
  readonly nonce?: bigint;
  readonly clientTimestampNs: bigint;
}

/**
 * Drafts the update that adds an installation to the inbox of an identifier: one that creates the inbox if there is
 * none, one that adds the installation, or none if it is a member already.
 *
 * @throws {IdentityError} `too-many-installations`
 */
export async function registration(
  log: IdentityLog,
  owner: Identifier,
  added: InstallationId,
  { nonce, clientTimestampNs, ...options }: RegistrationOptions,
): Promise<UpdateDraft | undefined> {
  const inboxId = await log.inboxIdOf(owner, options);
  const known =
    inboxId === undefined ? undefined : await log.state(inboxId, options);
  if (known === undefined) {
    return createInbox(owner, added, {
      clientTimestampNs,
      ...(nonce === undefined ? {} : { nonce }),
    });
  }
  if (memberOf(known.state, installation(added)) !== undefined) {
    return undefined;
  }
  return addInstallation(known.state, added, { by: owner, clientTimestampNs });
}
