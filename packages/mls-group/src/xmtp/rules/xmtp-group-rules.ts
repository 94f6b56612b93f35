import { installationIdOf } from "@history-sync/primitives";
import { MlsGroupError, type MlsGroupErrorCode } from "../../errors.js";
import type {
  AuthenticationService,
  ProposedCommit,
} from "../../ports/authentication-service.js";
import { inboxOf } from "../credential.js";
import { actorOf } from "./actor.js";
import { expectedChange } from "./expected-change.js";
import { type GroupData, readGroupData } from "./group-data.js";
import type { InboxStates } from "./inbox-states.js";
import { expectCommitter, expectInstallations } from "./installation-rules.js";
import { expectJoinableGroup } from "./join-rules.js";
import { expectOwnInboxOnly } from "./kind-rules.js";
import { expectPermitted } from "./permission-rules.js";
import { expectKnownProtocol, protocolVersion } from "./protocol-version.js";

/** The options of `xmtpGroupRules`. */
export interface XmtpGroupRulesOptions {
  readonly states: InboxStates;
  /** The latest release of libxmtp that a group may require. Default: `protocolVersion`. */
  readonly version?: string;
}

/**
 * Returns the rules of XMTP's groups: members are installations of their inboxes, and commits do what the identity
 * logs and the group's permissions allow. A commit that requires a later protocol fails with `newer-protocol`, and
 * stays pending.
 */
export function xmtpGroupRules({
  states,
  version = protocolVersion,
}: XmtpGroupRulesOptions): Required<AuthenticationService> {
  return {
    async validate(credential, signatureKey) {
      const inboxId = inboxOf(credential);
      if (inboxId === undefined || signatureKey.length !== 32) return false;
      return states.hasEverHad(inboxId, installationIdOf(signatureKey));
    },
    reviewCommit: (commit) =>
      judged("refused-commit", () =>
        expectAllowedCommit(commit, states, version),
      ),
    reviewJoin: (group) =>
      judged("invalid-welcome", () => expectJoinableGroup(group, states)),
  };
}

async function judged(
  refusal: MlsGroupErrorCode,
  review: () => Promise<void>,
): Promise<void> {
  try {
    await review();
  } catch (cause) {
    const isRefused =
      cause instanceof MlsGroupError && cause.code === "invalid-group-data";
    if (!isRefused) throw cause;
    throw new MlsGroupError(
      refusal,
      `against the rules of XMTP's groups: ${cause.message}`,
      { cause },
    );
  }
}

/**
 * Checks a commit as a libxmtp member does, its own commits too. The engine has checked the rules of RFC 9420 and of
 * the parameters of XMTP's groups before.
 *
 * @throws {MlsGroupError} `invalid-group-data` to refuse it, `newer-protocol`
 */
async function expectAllowedCommit(
  commit: ProposedCommit,
  states: InboxStates,
  version: string,
): Promise<void> {
  const before = readGroupData(commit.extensions);
  const after = readGroupData(commit.nextExtensions);
  const actor = actorOf(commit.committer, before.mutable);
  expectOwnInboxOnly(after, before.immutable.creatorInboxId);
  const expected = await expectedInstallations(before, after, states);
  expectInstallations(commit, expected, after.membership, actor);
  await expectCommitter(actor, after.membership, states);
  expectPermitted(before, after, expected, actor);
  expectKnownProtocol(after.mutable, version);
}

function expectedInstallations(
  { membership: before }: GroupData,
  { membership: after }: GroupData,
  states: InboxStates,
): ReturnType<typeof expectedChange> {
  return expectedChange(before.sequenceIds, after.sequenceIds, states);
}
