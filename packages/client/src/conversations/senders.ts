import type { IdentityLog } from "@history-sync/identity";
import type { MlsGroup } from "@history-sync/mls-group";
import { inboxOf, readMembership } from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  type InboxId,
  type InstallationId,
  inboxId,
  installationIdOf,
} from "@history-sync/primitives";
import type { HistoryStore } from "@history-sync/store";

// Enough to meet everybody who writes in a conversation; more would be looked through for each stranger.
const recentMessages = 1_000;

/**
 * Whose an installation is. An installation belongs to one inbox for ever, so that what was once seen in a group holds
 * after it has left.
 */
export class Senders {
  readonly #history: HistoryStore;
  readonly #identityLog: IdentityLog;
  readonly #inboxes = new Map<InstallationId, InboxId>();

  constructor(history: HistoryStore, identityLog: IdentityLog) {
    this.#history = history;
    this.#identityLog = identityLog;
  }

  note(group: MlsGroup): void {
    for (const { installationId, credential } of group.members()) {
      const inbox = inboxOf(credential);
      if (inbox) this.#inboxes.set(installationId, inbox);
    }
  }

  /** Undefined for one that came and went, with all of its inbox, while this installation was away. */
  async inboxOf(
    group: MlsGroup,
    installation: InstallationId,
  ): Promise<InboxId | undefined> {
    const known = () => this.#inboxes.get(installation);
    if (!known()) await this.#recall(group.id);
    if (!known()) await this.#lookUp(group);
    return known();
  }

  async #recall(groupId: GroupId): Promise<void> {
    const page = { limit: recentMessages };
    const messages = await this.#history.messages(groupId, page);
    for (const { senderInstallationId, senderInboxId } of messages) {
      if (senderInboxId === "") continue;
      const installation = installationIdOf(senderInstallationId);
      this.#inboxes.set(installation, inboxId(senderInboxId));
    }
  }

  /** The installations that the members' inboxes have, or once had. */
  async #lookUp({ extensions }: MlsGroup): Promise<void> {
    for (const inbox of readMembership(extensions).sequenceIds.keys()) {
      const known = await this.#identityLog.installations(inbox);
      for (const id of [...known.installations, ...known.revoked]) {
        this.#inboxes.set(id, inbox);
      }
    }
  }
}
