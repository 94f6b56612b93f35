import { equalBytes } from "@history-sync/primitives";
import { MlsGroupError, type MlsGroupErrorCode } from "../../errors.js";
import { pastEpochs } from "../../parameters.js";
import type {
  AuthenticationService,
  JoinedGroup,
  ProposedCommit,
} from "../../ports/authentication-service.js";
import { guarded } from "../guarded.js";
import { memberOf } from "../leaves.js";
import {
  type ClientState,
  defaultKeyPackageEqualityConfig,
  type LeafNode,
} from "../ts-mls.js";

/**
 * Asks the authentication service about new leaves, commits and joins, and keeps its answers apart from the engine's
 * own errors.
 */
export class MemberCheck {
  readonly #authentication: AuthenticationService;
  readonly config: ClientState["clientConfig"];
  #members: readonly LeafNode[] = [];
  #failure: { readonly cause: unknown } | undefined;

  constructor(authentication: AuthenticationService) {
    this.#authentication = authentication;
    this.config = {
      keyRetentionConfig: {
        retainKeysForGenerations: 10,
        retainKeysForEpochs: Number(pastEpochs),
        maximumForwardRatchetSteps: 1_000,
      },
      // This package checks lifetimes: one expired idle leaf would block every later join.
      lifetimeConfig: {
        maximumTotalLifetime: 0n,
        validateLifetimeOnReceive: false,
      },
      keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
      paddingConfig: { kind: "alwaysPad", paddingLength: 0 },
      authService: {
        validateCredential: async (credential, signatureKey) => {
          if (credential.credentialType !== "basic") return false;
          const { identity } = credential;
          // A member was checked when it joined. A later change of its inbox must not split the group.
          if (this.#isMember(identity, signatureKey)) return true;
          try {
            return await authentication.validate(identity, signatureKey);
          } catch (cause) {
            this.#failure = { cause };
            throw cause;
          }
        },
      },
    };
  }

  trust(members: readonly LeafNode[]): void {
    this.#members = members;
  }

  reviewCommit(commit: ProposedCommit): Promise<void> {
    return this.#judged("refused-commit", async () =>
      this.#authentication.reviewCommit?.(commit),
    );
  }

  reviewJoin(group: JoinedGroup): Promise<void> {
    return this.#judged("invalid-welcome", async () =>
      this.#authentication.reviewJoin?.(group),
    );
  }

  /** Does the same as `guarded`, but an error of the authentication service isn't the message's fault. */
  async guarded<Result>(
    code: MlsGroupErrorCode,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await guarded(code, work);
    } catch (error) {
      if (!this.#failure) throw error;
      throw new MlsGroupError(
        "authentication-failed",
        "expected an answer of the authentication service, got an error",
        { retryable: true, ...this.#failure },
      );
    }
  }

  #isMember(identity: Uint8Array, signatureKey: Uint8Array): boolean {
    return this.#members.some(
      (leaf) =>
        equalBytes(leaf.signaturePublicKey, signatureKey) &&
        equalBytes(memberOf(leaf).credential, identity),
    );
  }

  async #judged(
    refusal: MlsGroupErrorCode,
    review: () => Promise<void>,
  ): Promise<void> {
    try {
      await review();
    } catch (cause) {
      const isRefused =
        cause instanceof MlsGroupError && cause.code === refusal;
      if (!isRefused) this.#failure = { cause };
      throw cause;
    }
  }
}
