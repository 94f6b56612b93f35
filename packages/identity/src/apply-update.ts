import { applyAction, type RunningState } from "./apply-action.js";
import { IdentityError } from "./errors.js";
import { signaturesOf } from "./identity-update.js";
import type { InboxState } from "./inbox-state.js";
import type { VerifiedUpdate } from "./verify/verify-update.js";

/**
 * The step of the fold: what an update makes of a state, or of nothing if it creates the inbox. It counts as a whole:
 * where one action is refused, it throws, and the given state stays as it was.
 */
export function applyUpdate(
  state: InboxState | undefined,
  update: VerifiedUpdate,
): InboxState {
  let running: RunningState | undefined = state && {
    ...state,
    members: new Map(state.members),
    revoked: new Set(state.revoked),
  };
  for (const action of update.actions) {
    running = applyAction(running, action, update.clientTimestampNs);
  }
  if (running === undefined) {
    throw new IdentityError(
      "not-created",
      "the log doesn't start with an inbox",
    );
  }
  if (running.inboxId !== update.inboxId) {
    throw new IdentityError(
      "wrong-inbox",
      "the update names another inbox than the one it changes",
    );
  }
  // Only now: within one update, one signature may allow several actions.
  const signatures = update.actions.flatMap(signaturesOf);
  const seenSignatures = new Set(running.seenSignatures);
  for (const { replayKey } of signatures) seenSignatures.add(replayKey);
  return { ...running, seenSignatures };
}
