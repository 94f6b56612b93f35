import type { InboxId, InstallationId } from "@history-sync/primitives";
import type {
  InstallationSource,
  Installations,
} from "../installation-source.js";

const none: Installations = { sequenceId: 0n, installations: [], revoked: [] };

/** Inboxes in memory, for tests and demos: whoever calls may change them. */
export class MemoryInstallations implements InstallationSource {
  readonly #inboxes = new Map<InboxId, Installations>();

  async installations(inboxId: InboxId): Promise<Installations> {
    return this.#inboxes.get(inboxId) ?? none;
  }

  add(inboxId: InboxId, installationId: InstallationId): void {
    const inbox = this.#inboxes.get(inboxId) ?? none;
    this.#inboxes.set(inboxId, {
      ...inbox,
      sequenceId: inbox.sequenceId + 1n,
      installations: [...inbox.installations, installationId],
    });
  }

  revoke(inboxId: InboxId, installationId: InstallationId): void {
    const inbox = this.#inboxes.get(inboxId) ?? none;
    this.#inboxes.set(inboxId, {
      sequenceId: inbox.sequenceId + 1n,
      installations: inbox.installations.filter((id) => id !== installationId),
      revoked: [...(inbox.revoked ?? []), installationId],
    });
  }
}
