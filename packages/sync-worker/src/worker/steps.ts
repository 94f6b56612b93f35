import { create } from "@bufbuild/protobuf";
import { SyncCancelSchema } from "@history-sync/proto/history-sync";
import { importReply } from "../ask/import-reply.js";
import { sendRequest } from "../ask/send-request.js";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import { forgetReplies } from "../request/archives.js";
import type { StageName, SyncRequest } from "../request/sync-request.js";
import { acknowledge, requestApproval } from "../respond/acknowledge.js";
import { respond } from "../respond/respond.js";

/** Does the work of a request's stage, and resumes it after a restart. */
export type Step = (
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
) => Promise<void>;

/** The step of each stage; undefined where the request waits for a message, for time or for nothing. */
export const steps: Readonly<Record<StageName, Step | undefined>> = {
  unsent: sendRequest,
  requested: undefined,
  importing: importReply,
  imported: importReply,
  acknowledging: acknowledge,
  "standing-by": undefined,
  "awaiting-approval": requestApproval,
  preparing: respond,
  uploaded: respond,
  replied: undefined,
  answered: undefined,
  receipted: undefined,
  declined: undefined,
  cancelled: sendCancel,
  failed: undefined,
  expired: undefined,
};

/** Sends a SyncCancel, unless it was sent: the responders then delete what they have uploaded. */
async function sendCancel(
  request: SyncRequest,
  context: Pick<WorkerContext, "book" | "clock" | "requests" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const { stage, pin } = request;
  if (stage.name !== "cancelled" || stage.notified) return;
  await forgetReplies(pin, context.requests.archives);
  const value = create(SyncCancelSchema, { requestId: pin });
  await sendToInstallations({ case: "cancel", value }, context, signal);
  await context.book.apply(request, { type: "cancel-sent" });
}
