import type { GroupId, InstallationId } from "@history-sync/primitives";
import type { Extension } from "../parameters.js";

/** A member of a group: a leaf of its tree. */
export interface Member {
  readonly installationId: InstallationId;
  /** The identity of its basic credential. */
  readonly credential: Uint8Array;
}

/** The changes that a commit makes. The rules of RFC 9420 were checked before. */
export interface ProposedCommit {
  readonly groupId: GroupId;
  /** The epoch that the commit ends. */
  readonly epoch: bigint;
  readonly committer: Member;
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  /** The members before the commit. */
  readonly members: readonly Member[];
  /** The extensions before the commit. */
  readonly extensions: readonly Extension[];
  /** The extensions after the commit. */
  readonly nextExtensions: readonly Extension[];
  /** True if this installation is the committer. */
  readonly own: boolean;
}

/** The group that a Welcome offers. */
export interface JoinedGroup {
  readonly groupId: GroupId;
  readonly epoch: bigint;
  readonly members: readonly Member[];
  readonly extensions: readonly Extension[];
  /** This installation, which is one of the members. */
  readonly self: Member;
}

/** Authenticates members (RFC 9750 section 4), and judges what they do to a group. */
export interface AuthenticationService {
  /**
   * Returns true if the key belongs to the owner of the credential. Is called for every leaf that joins a group.
   * `identity` is that of a basic credential, `signatureKey` an Ed25519 public key of 32 bytes. An error means that
   * the answer isn't known now: the message is then kept for later, not refused.
   */
  validate(identity: Uint8Array, signatureKey: Uint8Array): Promise<boolean>;
  /**
   * Judges a commit before it counts; an own commit before it is stored. Without this method every commit is
   * accepted.
   *
   * @throws {MlsGroupError} `refused-commit` to refuse it; any other error means that the answer isn't known now
   */
  reviewCommit?(commit: ProposedCommit): Promise<void>;
  /**
   * Judges a group that a Welcome offers, in the same way.
   *
   * @throws {MlsGroupError} `invalid-welcome` to refuse it
   */
  reviewJoin?(group: JoinedGroup): Promise<void>;
}
