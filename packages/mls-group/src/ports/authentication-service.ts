import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { Extension } from "../parameters.js";

/** A member of a group: a leaf of its tree. */
export interface Member {
  readonly installationId: InstallationId;
  /** The identity of its basic credential. */
  readonly credential: Uint8Array;
}

/** What a commit does. That RFC 9420 allows it was checked before. */
export interface ProposedCommit {
  readonly groupId: GroupId;
  /** The epoch that it ends. */
  readonly epoch: bigint;
  readonly committer: Member;
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  /** Before the commit. */
  readonly members: readonly Member[];
  /** Before the commit. */
  readonly extensions: readonly Extension[];
  /** After the commit. */
  readonly nextExtensions: readonly Extension[];
  /** Whether this installation made it. */
  readonly own: boolean;
}

/** What a Welcome gives. */
export interface JoinedGroup {
  readonly groupId: GroupId;
  readonly epoch: bigint;
  readonly members: readonly Member[];
  readonly extensions: readonly Extension[];
  /** This installation, one of the members. */
  readonly self: Member;
}

/** Says who a member is (RFC 9750 section 4), and what members may do to a group. */
export interface AuthenticationService {
  /**
   * Whether the owner of the credential vouches for the key. Asked for every leaf that joins a group.
   * `identity` is that of a basic credential, `signatureKey` an Ed25519 public key of 32 bytes.
   * To throw means "can't say now": the message is then kept for later, not refused.
   */
  validate(identity: Uint8Array, signatureKey: Uint8Array): Promise<boolean>;
  /**
   * Judges a commit before it counts; one's own before it is stored. Left out: every commit is accepted.
   * Throws MlsGroupError `refused-commit` to refuse it; whatever else it throws means "can't say now".
   */
  reviewCommit?(commit: ProposedCommit): Promise<void>;
  /** Judges a group that a Welcome gives, in the same way, and refuses it with `invalid-welcome`. */
  reviewJoin?(group: JoinedGroup): Promise<void>;
}
