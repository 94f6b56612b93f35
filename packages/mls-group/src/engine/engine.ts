import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { MlsGroupErrorCode } from "../errors.js";
import type { Extension } from "../parameters.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  EngineState,
  KeyPackageRecord,
} from "../ports/group-state-store.js";

/** What a state says. */
export interface GroupView {
  readonly id: GroupId;
  readonly epoch: bigint;
  readonly extensions: readonly Extension[];
  readonly members: readonly Member[];
  /** False once this installation was removed. */
  readonly active: boolean;
  /** The same for all who are in the same epoch of the same group (RFC 9420 section 8.7), and tells a fork. */
  readonly epochAuthenticator: Uint8Array;
}

export interface NewLeaf {
  /** The Ed25519 seed. */
  readonly signatureKey: Uint8Array;
  readonly credential: Uint8Array;
  /** Unix seconds. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
}

export interface NewKeyPackage
  extends Pick<
    KeyPackageRecord,
    "initKey" | "bytes" | "initPrivateKey" | "encryptionPrivateKey"
  > {}

/** What someone's key package says, its signatures checked. */
export interface ReadKeyPackage extends Member {
  readonly bytes: Uint8Array;
  readonly initKey: Uint8Array;
  /** The leaf's, which isn't the init key. */
  readonly encryptionKey: Uint8Array;
  /** Unix seconds. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  /** Those of the key package, not of its leaf. */
  readonly extensions: readonly Extension[];
  readonly leafExtensions: readonly Extension[];
  /** What the leaf says it can do. */
  readonly capabilities: Capabilities;
}

/** Numbers of RFC 9420 section 17 and of XMTP. */
export interface Capabilities {
  readonly extensions: readonly number[];
  readonly proposals: readonly number[];
}

/** What one commit shall do. With nothing in it, it renews the committer's keys. */
export interface CommitIntent {
  readonly add: readonly ReadKeyPackage[];
  readonly remove: readonly InstallationId[];
  /** All extensions that the group has from then on. */
  readonly extensions?: readonly Extension[] | undefined;
}

export interface Commit {
  readonly message: Uint8Array;
  readonly nextState: EngineState;
  /** One for all whom the commit adds. */
  readonly welcome?: Uint8Array | undefined;
}

/** The group that a Welcome gives. */
export interface Joined {
  readonly state: EngineState;
  /** The member who signed the Welcome. */
  readonly addedBy: Member;
}

export type Processed =
  | {
      readonly kind: "application";
      readonly state: EngineState;
      readonly plaintext: Uint8Array;
      readonly sender: Member;
      readonly epoch: bigint;
    }
  | {
      readonly kind: "commit";
      readonly state: EngineState;
      /** Whom it removed and added. */
      readonly readded: readonly InstallationId[];
    }
  /** A commit of a member that may not count. The epoch stays; the key that opened it is gone from the state. */
  | {
      readonly kind: "refused-commit";
      readonly state: EngineState;
      readonly code: MlsGroupErrorCode;
    }
  /** A commit that lost its race: nothing to do. */
  | { readonly kind: "late-commit" };

/**
 * MLS over plain values: each call takes a stored state and gives the next one, and leaves the given one as it was.
 * Throws MlsGroupError only.
 */
export interface Engine {
  installationId(signatureKey: Uint8Array): InstallationId;
  createKeyPackage(
    leaf: NewLeaf,
    leafExtensions: readonly Extension[],
    /** Besides that of last resort. */
    extensions?: readonly Extension[],
  ): Promise<NewKeyPackage>;
  readKeyPackage(bytes: Uint8Array): Promise<ReadKeyPackage>;
  createGroup(
    groupId: GroupId,
    leaf: NewLeaf,
    extensions: readonly Extension[],
  ): Promise<EngineState>;
  joinGroup(
    welcome: Uint8Array,
    keyPackage: KeyPackageRecord,
    signatureKey: Uint8Array,
  ): Promise<Joined>;
  view(state: EngineState): Promise<GroupView>;
  createCommit(state: EngineState, intent: CommitIntent): Promise<Commit>;
  /**
   * One's own commit came to count: its next state, but without the keys of earlier epochs that messages have used up
   * since the commit was made. `state` is the present one, of the epoch that the commit ends.
   */
  confirmCommit(
    state: EngineState,
    nextState: EngineState,
  ): Promise<EngineState>;
  protect(
    state: EngineState,
    plaintext: Uint8Array,
  ): Promise<{ readonly state: EngineState; readonly message: Uint8Array }>;
  process(state: EngineState, message: Uint8Array): Promise<Processed>;
}
