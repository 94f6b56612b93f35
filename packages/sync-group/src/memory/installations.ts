import type { InboxId, InstallationId } from "@history-sync/primitives";
import type {
  InstallationSource,
  Installations,
} from "../installations/installation-source.js";

const none: Installations = { sequenceId: 0n, installations: [], revoked: [] };

/** Inboxes with their earlier states in memory, for tests and demos. */
export class MemoryInstallations implements InstallationSource {
  readonly #inboxes = new Map<InboxId, Installations[]>();

  async installations(inboxId: InboxId): Promise<Installations> {
    return this.#now(inboxId);
  }

  async installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
  ): Promise<readonly InstallationId[] | undefined> {
    return this.#inboxes
      .get(inboxId)
      ?.find((inbox) => inbox.sequenceId === sequenceId)?.installations;
  }

  add(inboxId: InboxId, installationId: InstallationId): void {
    const { installations, ...inbox } = this.#now(inboxId);
    this.#write(inboxId, {
      ...inbox,
      installations: [...installations, installationId],
    });
  }

  revoke(inboxId: InboxId, installationId: InstallationId): void {
    const { installations, revoked = [], ...inbox } = this.#now(inboxId);
    this.#write(inboxId, {
      ...inbox,
      installations: installations.filter((id) => id !== installationId),
      revoked: [...revoked, installationId],
    });
  }

  #now(inboxId: InboxId): Installations {
    return this.#inboxes.get(inboxId)?.at(-1) ?? none;
  }

  #write(inboxId: InboxId, next: Installations): void {
    const history = this.#inboxes.get(inboxId) ?? [];
    history.push({ ...next, sequenceId: next.sequenceId + 1n });
    this.#inboxes.set(inboxId, history);
  }
}
