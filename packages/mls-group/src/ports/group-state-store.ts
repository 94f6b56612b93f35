import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { Member } from "./authentication-service.js";
import type { OutgoingWelcome } from "./delivery-service.js";

/** A group's MLS state, opaque except for the engine that has written it. It contains private keys in clear. */
export interface EngineState {
  readonly engine: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** The identity of this installation. A store has one. */
export interface InstallationRecord {
  /** The Ed25519 seed of 32 bytes. */
  readonly signatureKey: Uint8Array;
  /** The identity of its basic credential. */
  readonly credential: Uint8Array;
  /** The id of the last Welcome that was processed. */
  readonly welcomeCursor: bigint;
  /**
   * The time at which the key package is to be renewed, if that is before its 30 days are over: soon after a Welcome.
   */
  readonly renewAtNs?: bigint | undefined;
}

/** A public key and its private key, as raw bytes. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A key package of this installation, with its private keys. Its init key identifies it. */
export interface KeyPackageRecord {
  readonly initKey: Uint8Array;
  readonly bytes: Uint8Array;
  readonly initPrivateKey: Uint8Array;
  readonly encryptionPrivateKey: Uint8Array;
  /** The X-Wing key that it requests for its Welcomes. The private key is a seed. */
  readonly welcomeKey?: KeyPair | undefined;
  readonly createdAtNs: bigint;
  /** True if the delivery service has it. */
  readonly published: boolean;
  /** The time at which its private keys are wiped. Is set once a newer key package was published. */
  readonly wipeAtNs?: bigint | undefined;
}

/** An own commit that is pending. It counts only when it comes back as the first of its epoch. */
export interface PendingCommit {
  /** The epoch that the commit ends. */
  readonly epoch: bigint;
  /** The message, which is sent again byte for byte until the commit is decided. */
  readonly message: Uint8Array;
  /** The SHA-256 of the message, which identifies it when it comes back. */
  readonly hash: Uint8Array;
  readonly nextState: EngineState;
  /**
   * The Welcomes for the members that it adds. They stay in clear until the commit counts, because they contain its
   * place in the topic.
   */
  readonly welcomes: readonly OutgoingWelcome[];
}

/**
 * The reason for a suspected fork:
 * - `unreadable-commit`: a commit of the epoch can't be read. Any sender's garbage can cause that, too.
 * - `later-epochs`: messages of later epochs arrive, and no commit leads there.
 * - `epoch-authenticator`: another member has another secret in the same epoch.
 */
export type ForkReason =
  | "unreadable-commit"
  | "later-epochs"
  | "epoch-authenticator";

/**
 * A suspected fork. The suspicion ends when another member turns out to be in a later epoch of the same group, or
 * re-adds this installation.
 */
export interface Fork {
  /** The group's epoch on this installation when the fork was suspected. */
  readonly epoch: bigint;
  readonly sinceNs: bigint;
  readonly reason: ForkReason;
}

/** The time at which a member was last re-added. */
export interface Readded {
  readonly installationId: InstallationId;
  /** The commit's id in the group's topic. */
  readonly sequence: bigint;
  /** The delivery service's time. */
  readonly atNs: bigint;
}

/** The stored state of one MLS group. */
export interface GroupRecord {
  readonly id: GroupId;
  readonly state: EngineState;
  readonly epoch: bigint;
  /** The id of the last entry of the group's topic that was processed. */
  readonly cursor: bigint;
  /** The time at which this installation created or joined the group, by its own clock. */
  readonly createdAtNs: bigint;
  /** False after this installation was removed. */
  readonly active: boolean;
  /** The time of this installation's last commit that counts, by its own clock; 0 if there is none. */
  readonly keysRenewedAtNs: bigint;
  /** The member that has signed the Welcome to this installation; undefined if this one has created the group. */
  readonly addedBy?: Member | undefined;
  /** The re-added members, each once. */
  readonly readded?: readonly Readded[] | undefined;
  readonly fork?: Fork | undefined;
  readonly pending?: PendingCommit | undefined;
  /** The Welcomes of a commit that counts which the delivery service doesn't have yet. */
  readonly welcomes: readonly OutgoingWelcome[];
}

/**
 * - `sent`: it goes out until it comes back.
 * - `doubtful`: it came back while a fork was suspected: the others may not be able to read it.
 * - `again`: it goes out again, and needn't be shown to the app when it comes back.
 */
export type OutboxPhase = "sent" | "doubtful" | "again";

/** An own message that other members may not have yet. */
export interface OutboxRecord {
  readonly groupId: GroupId;
  /** The caller's name for the message, unique in the group. It stays when the message is encrypted again. */
  readonly id: string;
  readonly epoch: bigint;
  /** The ciphertext, which is sent again byte for byte. */
  readonly message: Uint8Array;
  /** The SHA-256 of the ciphertext. */
  readonly hash: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly phase: OutboxPhase;
  /** True if push servers notify the other members' devices, however often the message is sent. */
  readonly shouldPush: boolean;
}

/** An entry of the group's topic for an epoch that the group hasn't reached yet. */
export interface HeldRecord {
  readonly groupId: GroupId;
  /** Its id in the group's topic. */
  readonly sequence: bigint;
  readonly epoch: bigint;
  /** The delivery service's time. */
  readonly sentAtNs: bigint;
  /** The entry's bytes, encrypted. */
  readonly data: Uint8Array;
}

/** An application message that hasn't been handled yet. */
export interface ReceivedRecord {
  readonly groupId: GroupId;
  /** Its id in the group's topic. */
  readonly sequence: bigint;
  readonly sender: InstallationId;
  /**
   * The identity of the sender's basic credential, as its leaf had it in the message's epoch; empty for other
   * credentials.
   */
  readonly credential: Uint8Array;
  /** True if this installation is the sender. */
  readonly own: boolean;
  readonly epoch: bigint;
  /** The delivery service's time. */
  readonly sentAtNs: bigint;
  readonly plaintext: Uint8Array;
}

/** Rows to write by their keys, which replace existing ones, and rows to remove. */
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
 * Stores what must survive a crash. Rows that were removed or replaced leave nothing readable, because they
 * contain keys. One process at a time uses a store.
 */
export interface GroupStateStore {
  installation(): Promise<InstallationRecord | undefined>;
  keyPackages(): Promise<readonly KeyPackageRecord[]>;
  groups(): Promise<readonly GroupRecord[]>;
  group(id: GroupId): Promise<GroupRecord | undefined>;
  /** Returns the rows in the order in which they were first written. */
  outbox(groupId: GroupId): Promise<readonly OutboxRecord[]>;
  /** Returns the rows, ascending by sequence. */
  received(groupId: GroupId): Promise<readonly ReceivedRecord[]>;
  /** Returns the rows, ascending by sequence. */
  held(groupId: GroupId): Promise<readonly HeldRecord[]>;
  /** Writes all of it in one transaction, which is durable when this resolves. */
  commit(changes: GroupStateChanges): Promise<void>;
}
