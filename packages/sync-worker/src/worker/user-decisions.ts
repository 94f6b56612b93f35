import { SyncWorkerError } from "../errors.js";
import { maxMessageLength } from "../request/decline-reason.js";
import type { RequestBook } from "../request/request-book.js";
import type { SyncRequest } from "../request/sync-request.js";
import { type RequestEvent, stagesOf } from "../request/transitions.js";

export type Decision = Extract<
  RequestEvent,
  { readonly type: "approve" | "decline" | "cancel" }
>;

const roles: Readonly<Record<Decision["type"], SyncRequest["role"]>> = {
  approve: "responder",
  decline: "responder",
  cancel: "requester",
};

/**
 * Applies a user's decision to a request.
 *
 * @throws {SyncWorkerError} `unknown-request`, `wrong-stage`, and `too-long` for the message of a decline
 */
export async function applyDecision(
  id: string,
  decision: Decision,
  book: RequestBook,
): Promise<void> {
  const request = await book.expect(id);
  if (decision.type === "decline") expectShort(decision.message);
  const { role, stage } = request;
  const expected = roles[decision.type];
  const decided =
    role === expected ? await book.apply(request, decision) : request;
  if (decided.stage !== stage) return;
  const from = stagesOf(decision.type).join(" or ");
  throw new SyncWorkerError(
    "wrong-stage",
    `${decision.type}: expected a request of the ${expected} in ${from}, got one of the ${role} in ${stage.name}`,
  );
}

function expectShort(message = ""): void {
  if (message.length <= maxMessageLength) return;
  throw new SyncWorkerError(
    "too-long",
    `expected a message of at most ${maxMessageLength} characters, got ${message.length}`,
  );
}
