import { installationIdOf } from "@history-sync/primitives";
import type { AuthenticationService } from "../../authentication-service.js";
import { MlsGroupError, type MlsGroupErrorCode } from "../../errors.js";
import { inboxOf } from "../credential.js";
import { expectAllowedCommit } from "./commit-rules.js";
import type { InboxStates } from "./inbox-states.js";
import { expectJoinableGroup } from "./join-rules.js";
import { protocolVersion } from "./protocol-version.js";

export interface XmtpGroupRulesOptions {
  readonly states: InboxStates;
  /** The release of libxmtp that a group may ask for at most; `protocolVersion` if left out. */
  readonly version?: string;
}

/**
 * The rules of XMTP's groups: members are installations of their inboxes, and commits do what the identity logs and
 * the group's permissions allow. A commit that asks for a later protocol gives `newer-protocol`, and waits.
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
