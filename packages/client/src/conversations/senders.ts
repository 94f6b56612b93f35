import type { MlsGroup } from "@history-sync/mls-group";
import { inboxOf } from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  type InboxId,
  type InstallationId,
  inboxId,
  toHex,
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
  readonly #inboxes = new Map<InstallationId, InboxId>();

  constructor(history: HistoryStore) {
    this.#history = history;
  }

  note(group: MlsGroup): void {
    for (const { installationId, credential } of group.members()) {
      const inbox = inboxOf(credential);
      if (inbox) this.#inboxes.set(installationId, inbox);
    }
  }

  /** Undefined for one that was never met: it came and went while this installation was away. */
  async inboxOf(
    groupId: GroupId,
    installation: InstallationId,
  ): Promise<InboxId | undefined> {
    if (!this.#inboxes.has(installation)) await this.#recall(groupId);
    return this.#inboxes.get(installation);
  }

  async #recall(groupId: GroupId): Promise<void> {
    const page = { limit: recentMessages };
    const messages = await this.#history.messages(groupId, page);
    for (const { senderInstallationId, senderInboxId } of messages) {
      if (senderInboxId === "") continue;
      const installation = toHex(senderInstallationId) as InstallationId;
      this.#inboxes.set(installation, inboxId(senderInboxId));
    }
  }
}
