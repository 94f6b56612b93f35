import {
  type IdentityLog,
  type InstallationSigner,
  identityLog,
  inboxIdOf,
  registration,
  revokeInstallations,
  type Signer,
  signUpdate,
} from "@history-sync/identity";
import { MemoryIdentityService } from "@history-sync/identity/memory";
import {
  installationKeySigner,
  privateKeySigner,
} from "@history-sync/identity/private-key";
import type { InboxId, InstallationId } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Member } from "../../src/index.js";
import { credentialOf } from "../../src/xmtp/index.js";

const clock = new ManualClock(1_700_000_000_000);

/** Inboxes with signed logs, on a node in memory. */
export class Inboxes {
  readonly service: MemoryIdentityService = new MemoryIdentityService(clock);
  readonly log: IdentityLog = identityLog({ service: this.service });

  inbox(label: string): Inbox {
    return new Inbox(label, this.log);
  }
}

export class Inbox {
  readonly id: InboxId;
  readonly #wallet: Signer;
  readonly #log: IdentityLog;

  constructor(label: string, log: IdentityLog) {
    this.#wallet = privateKeySigner(seed(`wallet ${label}`));
    this.#log = log;
    this.id = inboxIdOf(this.#wallet.identifier(), 1n);
  }

  /** Gives the sequence id of the update. */
  async add(added: InstallationSigner): Promise<bigint> {
    const draft = await registration(
      this.#log,
      this.#wallet.identifier(),
      added.installationId,
      this.#now(),
    );
    if (!draft) throw new RangeError("is in the inbox already");
    const update = await signUpdate(draft, [this.#wallet, added]);
    return (await this.#log.publish(update)).sequenceId;
  }

  async revoke(...revoked: readonly InstallationSigner[]): Promise<bigint> {
    const now = await this.#log.state(this.id);
    if (!now) throw new RangeError("there is no inbox");
    const ids = revoked.map(({ installationId }) => installationId);
    const draft = revokeInstallations(now.state, ids, this.#now());
    const update = await signUpdate(draft, [this.#wallet]);
    return (await this.#log.publish(update)).sequenceId;
  }

  member({ installationId }: { installationId: InstallationId }): Member {
    return { installationId, credential: credentialOf(this.id) };
  }

  #now() {
    clock.advance(1_000);
    return { clientTimestampNs: BigInt(clock.nowMs()) * 1_000_000n };
  }
}

export function app(label: string): InstallationSigner {
  return installationKeySigner(seed(`installation ${label}`));
}

/** A key that follows from its label. */
function seed(label: string): Uint8Array {
  return sha256(new TextEncoder().encode(label));
}
