import { applyUpdate } from "./apply-update.js";
import { IdentityError } from "./errors.js";
import { checked, type MemberIdentifier } from "./identifier.js";
import type { UnsignedAction } from "./identity-update.js";
import {
  type InboxState,
  type MembersChanged,
  membersChanged,
} from "./inbox-state.js";
import { type IdentityLimits, maxLogEntries } from "./limits.js";
import type { VerifyOptions } from "./verify/verify-signature.js";
import { type VerifiedUpdate, verifyUpdate } from "./verify/verify-update.js";
import { decodeUpdate } from "./wire/decode-update.js";

/** The node's knowledge of the inbox that an update names. */
export interface LogSoFar {
  /** The state that its log leads to; undefined for an empty log. */
  readonly state: InboxState | undefined;
  readonly entries: number;
}

/** How an update is verified before a node stores it. */
export interface AdmitOptions extends VerifyOptions {
  readonly limits?: Partial<IdentityLimits>;
  /** `maxLogEntries` where nothing is said. */
  readonly maxEntries?: number;
}

/** An update that a node may store, with the inbox state after it. */
export interface AdmittedUpdate {
  readonly update: VerifiedUpdate;
  readonly state: InboxState;
  /** A change of a table from identifiers to inboxes. */
  readonly members: MembersChanged;
}

/**
 * Decides for a node whether an update goes into its inbox's log; throws if not. `logOf` is asked once, for the
 * inbox that the update names. Besides the fold's rules: the log isn't full, the update does something, and its
 * identifiers are in their one form, so that none can pass for a line of the text that was signed.
 */
export async function admitUpdate(
  bytes: Uint8Array,
  logOf: (inboxId: InboxState["inboxId"]) => Promise<LogSoFar> | LogSoFar,
  { limits, maxEntries = maxLogEntries, ...verify }: AdmitOptions = {},
): Promise<AdmittedUpdate> {
  const decoded = decodeUpdate(bytes, limits);
  if (decoded.actions.length === 0) {
    throw new IdentityError("empty-update", "the update has no actions");
  }
  for (const action of decoded.actions) checked(subjectOf(action));
  const { state: before, entries } = await logOf(decoded.inboxId);
  if (entries >= maxEntries) {
    throw new IdentityError(
      "log-full",
      `the inbox has ${entries} of ${maxEntries} updates`,
    );
  }
  const update = await verifyUpdate(decoded, verify);
  const state = applyUpdate(before, update);
  return { update, state, members: membersChanged(before, state) };
}

function subjectOf(action: UnsignedAction): MemberIdentifier {
  switch (action.kind) {
    case "create-inbox":
      return action.owner;
    case "change-recovery":
      return action.recovery;
    default:
      return action.member;
  }
}
