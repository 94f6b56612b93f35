import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { MlsGroupErrorCode } from "../errors.js";
import type { Extension } from "../parameters.js";
import type { Member } from "../ports/authentication-service.js";
import type {
  EngineState,
  KeyPackageRecord,
} from "../ports/group-state-store.js";

/** The readable part of a state. */
export interface GroupView {
  readonly id: GroupId;
  readonly epoch: bigint;
  readonly extensions: readonly Extension[];
  readonly members: readonly Member[];
  /** False after this installation was removed. */
  readonly active: boolean;
  /**
   * A secret of the epoch: the same for all members in the same epoch of the same group (RFC 9420 section 8.7). It
   * shows a fork.
   */
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

/** The content of a key package with valid signatures. */
export interface ReadKeyPackage extends Member {
  readonly bytes: Uint8Array;
  readonly initKey: Uint8Array;
  /** The key of the leaf, which isn't the init key. */
  readonly encryptionKey: Uint8Array;
  /** Unix seconds. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  /** The extensions of the key package, not of its leaf. */
  readonly extensions: readonly Extension[];
  readonly leafExtensions: readonly Extension[];
  /** The capabilities of the leaf. */
  readonly capabilities: Capabilities;
}

/** Numbers of RFC 9420 section 17 and of XMTP. */
export interface Capabilities {
  readonly extensions: readonly number[];
  readonly proposals: readonly number[];
}

/** The changes of one commit. Without any, it renews the committer's keys. */
export interface CommitIntent {
  readonly add: readonly ReadKeyPackage[];
  readonly remove: readonly InstallationId[];
  /** All extensions that the group has afterwards. */
  readonly extensions?: readonly Extension[] | undefined;
}

export interface Commit {
  readonly message: Uint8Array;
  readonly nextState: EngineState;
  /** One Welcome for all members that the commit adds. */
  readonly welcome?: Uint8Array | undefined;
}

/** The group that a Welcome offers. */
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
      /** The installations that the commit has re-added. */
      readonly readded: readonly InstallationId[];
    }
  /** A commit that is not allowed to count. The epoch stays; the key that opened the commit is gone from the state. */
  | {
      readonly kind: "refused-commit";
      readonly state: EngineState;
      readonly code: MlsGroupErrorCode;
    }
  /** A commit that has lost its race. It changes nothing. */
  | { readonly kind: "late-commit" };

/**
 * MLS over plain values: each call takes a stored state and returns the next one, and leaves the given one as it was.
 *
 * All methods throw MlsGroupError only.
 */
export interface Engine {
  installationId(signatureKey: Uint8Array): InstallationId;
  createKeyPackage(
    leaf: NewLeaf,
    leafExtensions: readonly Extension[],
    /** Further extensions than that of last resort. */
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
   * Returns the next state of an own commit that has come to count, without the keys of earlier epochs that messages
   * have used up since the commit was created. `state` is the present one, of the epoch that the commit ends.
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
