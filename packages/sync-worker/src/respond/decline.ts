import { create } from "@bufbuild/protobuf";
import { type InstallationId, idBytes } from "@history-sync/primitives";
import {
  type SyncDecline,
  SyncDeclineSchema,
} from "@history-sync/proto/history-sync";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import { wireReasons } from "../request/decline-reason.js";
import type { StageOf, SyncRequest } from "../request/sync-request.js";

// In one message: about 25 kB of pins of ours.
const maxInMessage = 500;

type Declined = SyncRequest & { readonly stage: StageOf<"declined"> };

/** Sends the declines that the other installations don't know of, many in one message, so that a flood isn't answered by a flood. */
export async function sendDeclines(
  context: Pick<WorkerContext, "book" | "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const alike = new Map<string, Declined[]>();
  for (const request of (await context.book.list()).filter(isUnsent)) {
    const { reason, message = "" } = request.stage;
    const key = `${request.requester} ${reason} ${message}`;
    const requests = alike.get(key) ?? [];
    requests.push(request);
    alike.set(key, requests);
  }
  for (const requests of alike.values()) {
    for (let i = 0; i < requests.length; i += maxInMessage) {
      await send(requests.slice(i, i + maxInMessage), context, signal);
    }
  }
}

/** Declines a request that this installation could not answer, so that the next one responds at once. */
export async function sendFailedDecline(
  { requester, pin }: Pick<SyncRequest, "requester" | "pin">,
  context: Pick<WorkerContext, "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const value = declineOf(requester, [pin], { reason: "failed" });
  await sendToInstallations({ case: "decline", value }, context, signal);
}

async function send(
  declined: readonly Declined[],
  context: Pick<WorkerContext, "book" | "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const [first] = declined;
  if (!first) return;
  const pins = declined.map(({ pin }) => pin);
  const value = declineOf(first.requester, pins, first.stage);
  await sendToInstallations({ case: "decline", value }, context, signal);
  for (const request of declined) {
    await context.book.apply(request, { type: "decline-sent" });
  }
}

function isUnsent(request: SyncRequest): request is Declined {
  return request.stage.name === "declined" && !request.stage.notified;
}

function declineOf(
  requester: InstallationId,
  requestIds: readonly string[],
  { reason, message = "" }: Pick<Declined["stage"], "reason" | "message">,
): SyncDecline {
  return create(SyncDeclineSchema, {
    requester: idBytes(requester),
    requestIds: [...requestIds],
    reason: wireReasons[reason],
    message,
  });
}
