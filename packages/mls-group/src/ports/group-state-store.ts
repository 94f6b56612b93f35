import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { Member } from "./authentication-service.js";
import type { OutgoingWelcome } from "./delivery-service.js";

/** A group's MLS state, opaque but for what wrote it. Holds private keys in clear. */
export interface EngineState {
  readonly engine: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** Who this installation is; there is one. */
export interface InstallationRecord {
  /** The Ed25519 seed, 32 bytes. */
  readonly signatureKey: Uint8Array;
  /** The identity of its basic credential. */
  readonly credential: Uint8Array;
  /** The last Welcome that was looked at. */
  readonly welcomeCursor: bigint;
  /** When the key package shall be renewed, if that is before its 30 days are over: soon after a Welcome was taken. */
  readonly renewAtNs?: bigint | undefined;
}

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A key package of this installation, with its private keys. Found again by its init key. */
export interface KeyPackageRecord {
  readonly initKey: Uint8Array;
  readonly bytes: Uint8Array;
  readonly initPrivateKey: Uint8Array;
  readonly encryptionPrivateKey: Uint8Array;
  /** The X-Wing key that it asks to have its Welcomes encrypted to; the private one is a seed. */
  readonly welcomeKey?: KeyPair | undefined;
  readonly createdAtNs: bigint;
  /** Whether the delivery service has it. */
  readonly published: boolean;
  /** Set once a newer one took its place: from then on nobody can need its private keys. */
  readonly wipeAtNs?: bigint | undefined;
}

/** A commit of one's own on its way: it counts only when it comes back as the first of its epoch. */
export interface PendingCommit {
  /** The epoch that it ends. */
  readonly epoch: bigint;
  /** Resent byte for byte until it is decided. */
  readonly message: Uint8Array;
  /** SHA-256 of the message, by which it is known when it comes back. */
  readonly hash: Uint8Array;
  readonly nextState: EngineState;
  /** For those whom it adds: in clear until it counts, since they tell its place, which isn't known before. */
  readonly welcomes: readonly OutgoingWelcome[];
}

/**
 * Why this installation may be on another branch of the group than the others:
 * - `unreadable-commit`: a commit of the epoch can't be read. It may be somebody's garbage, too.
 * - `later-epochs`: messages of later epochs come, and no commit leads there.
 * - `epoch-authenticator`: another member has another secret in the same epoch.
 */
export type ForkReason =
  | "unreadable-commit"
  | "later-epochs"
  | "epoch-authenticator";

/** A suspicion: it goes when another member turns out to be in a later epoch of the same group, or adds us anew. */
export interface Fork {
  /** The group's epoch, as it is here, when it was noticed. */
  readonly epoch: bigint;
  readonly sinceNs: bigint;
  readonly reason: ForkReason;
}

/** When a member was last removed and added by one commit. */
export interface Readded {
  readonly installationId: InstallationId;
  /** The commit's id in the group's topic. */
  readonly sequence: bigint;
  /** The delivery service's time. */
  readonly atNs: bigint;
}

export interface GroupRecord {
  readonly id: GroupId;
  readonly state: EngineState;
  readonly epoch: bigint;
  /** The last entry of the group's topic that was processed. */
  readonly cursor: bigint;
  /** When this installation made or joined the group, by its own clock. */
  readonly createdAtNs: bigint;
  /** False once this installation was removed. */
  readonly active: boolean;
  /** The time of this installation's last commit that counts, by its own clock; 0: never. */
  readonly keysRenewedAtNs: bigint;
  /** Who signed the Welcome that let this installation in; undefined: it made the group. */
  readonly addedBy?: Member | undefined;
  /** Members that were added anew, each once. */
  readonly readded?: readonly Readded[] | undefined;
  readonly fork?: Fork | undefined;
  readonly pending?: PendingCommit | undefined;
  /** Welcomes of an accepted commit that the delivery service hasn't taken yet. */
  readonly welcomes: readonly OutgoingWelcome[];
}

/**
 * - `sent`: it goes out until it comes back.
 * - `doubtful`: it came back while a fork was suspected: the others may not be able to read it.
 * - `again`: it goes out again, and needn't be shown to the app when it comes back.
 */
export type OutboxPhase = "sent" | "doubtful" | "again";

/** A message of one's own that others may not have yet. */
export interface OutboxRecord {
  readonly groupId: GroupId;
  /** The caller's, unique in the group; survives that the message is encrypted again. */
  readonly id: string;
  readonly epoch: bigint;
  /** The ciphertext; resent byte for byte. */
  readonly message: Uint8Array;
  /** SHA-256 of the ciphertext. */
  readonly hash: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly phase: OutboxPhase;
  /** Whether push servers shall tell of it, however often it goes out. */
  readonly shouldPush: boolean;
}

/** An entry of the group's topic that is of an epoch which the group hasn't reached yet. */
export interface HeldRecord {
  readonly groupId: GroupId;
  /** Its id in the group's topic. */
  readonly sequence: bigint;
  readonly epoch: bigint;
  /** The delivery service's time. */
  readonly sentAtNs: bigint;
  /** As it came: encrypted. */
  readonly data: Uint8Array;
}

/** An application message that nobody has handled yet. */
export interface ReceivedRecord {
  readonly groupId: GroupId;
  /** Its id in the group's topic. */
  readonly sequence: bigint;
  readonly sender: InstallationId;
  /** The identity of the sender's basic credential, as the leaf had it in the message's epoch; empty for other kinds. */
  readonly credential: Uint8Array;
  /** Whether this installation sent it. */
  readonly own: boolean;
  readonly epoch: bigint;
  /** The delivery service's time. */
  readonly sentAtNs: bigint;
  readonly plaintext: Uint8Array;
}

/** Rows to write by their keys, replacing what was there, and rows to remove. */
export interface GroupStateChanges {
  readonly installation?: InstallationRecord;
  readonly keyPackages?: readonly KeyPackageRecord[];
  readonly groups?: readonly GroupRecord[];
  readonly outbox?: readonly OutboxRecord[];
  readonly received?: readonly ReceivedRecord[];
  readonly keyPackagesDone?: readonly Pick<KeyPackageRecord, "initKey">[];
  readonly outboxDone?: readonly Pick<OutboxRecord, "groupId" | "id">[];
  readonly held?: readonly HeldRecord[];
  readonly heldDone?: readonly Pick<HeldRecord, "groupId" | "sequence">[];
  readonly handled?: readonly Pick<ReceivedRecord, "groupId" | "sequence">[];
}

/**
 * What must outlive a crash. Rows that were removed or replaced leave nothing readable behind: they hold keys.
 * One process at a time may use a store.
 */
export interface GroupStateStore {
  installation(): Promise<InstallationRecord | undefined>;
  keyPackages(): Promise<readonly KeyPackageRecord[]>;
  groups(): Promise<readonly GroupRecord[]>;
  group(id: GroupId): Promise<GroupRecord | undefined>;
  /** In the order in which they were first written. */
  outbox(groupId: GroupId): Promise<readonly OutboxRecord[]>;
  /** Ascending by sequence. */
  received(groupId: GroupId): Promise<readonly ReceivedRecord[]>;
  /** Ascending by sequence. */
  held(groupId: GroupId): Promise<readonly HeldRecord[]>;
  /** All of it is durable when this resolves, or nothing of it was written. */
  commit(changes: GroupStateChanges): Promise<void>;
}
