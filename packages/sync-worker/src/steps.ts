import { create } from "@bufbuild/protobuf";
import { SyncCancelSchema } from "@history-sync/proto/history-sync";
import { acknowledge, askForApproval } from "./acknowledge.js";
import { answer } from "./answer.js";
import { forgetReplies } from "./archives.js";
import { ask } from "./ask.js";
import { importReply } from "./import-reply.js";
import type { WorkerContext } from "./ports.js";
import { say } from "./say.js";
import type { Stage, SyncRequest } from "./sync-request.js";

/** Goes on with a request from the stage that it is in. */
export type Step = (
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
) => Promise<void>;

/** What a request in each stage calls for; the others wait for somebody else, or for nobody. */
export const steps: Partial<Record<Stage["name"], Step>> = {
  asking: ask,
  importing: importReply,
  imported: importReply,
  acknowledging: acknowledge,
  "awaiting-approval": askForApproval,
  preparing: answer,
  uploaded: answer,
  cancelled: cancel,
};

/** Tells the others, who take back what they have uploaded. */
async function cancel(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { stage, pin } = request;
  if (stage.name !== "cancelled") return;
  await forgetReplies(pin, context);
  const value = create(SyncCancelSchema, { requestId: pin });
  await say({ case: "cancel", value }, context, signal);
  await context.book.enter(request, { ...stage, told: true });
}
