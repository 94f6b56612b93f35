import { create } from "@bufbuild/protobuf";
import { type InstallationId, idBytes } from "@history-sync/primitives";
import {
  type SyncDecline,
  SyncDeclineSchema,
  DeclineReason as WireReason,
} from "@history-sync/proto/history-sync";
import type { WorkerContext } from "./ports.js";
import { say } from "./say.js";
import type { DeclineReason, SyncRequest } from "./sync-request.js";

// In one message: about 25 kB of pins of ours.
const maxInMessage = 500;

/** UTF-16 code units of the user's own words. */
export const maxWords = 200;

const wireReasons = {
  user: WireReason.USER,
  policy: WireReason.POLICY,
  "too-many": WireReason.TOO_MANY,
  failed: WireReason.FAILED,
} as const;

type Declined = SyncRequest & {
  readonly stage: Extract<SyncRequest["stage"], { name: "declined" }>;
};

/** Tells the others of every no that they don't know yet: one message for many, so that a flood isn't answered by a flood. */
export async function tellDeclines(
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const alike = new Map<string, Declined[]>();
  for (const request of (await context.book.list()).filter(isUntold)) {
    const { reason, words = "" } = request.stage;
    const message = `${request.requester} ${reason} ${words}`;
    const requests = alike.get(message) ?? [];
    requests.push(request);
    alike.set(message, requests);
  }
  for (const requests of alike.values()) {
    for (let i = 0; i < requests.length; i += maxInMessage) {
      await tell(requests.slice(i, i + maxInMessage), context, signal);
    }
  }
}

/** Lets the others take over at once from an installation that couldn't answer. */
export async function sayFailed(
  { requester, pin }: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const value = declineOf(requester, [pin], { reason: "failed" });
  await say({ case: "decline", value }, context, signal);
}

/** Undefined for a reason that this version doesn't know. */
export function reasonOf({ reason }: SyncDecline): DeclineReason | undefined {
  const names = Object.keys(wireReasons) as DeclineReason[];
  return names.find((name) => wireReasons[name] === reason);
}

async function tell(
  declined: readonly Declined[],
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const [first] = declined;
  if (!first) return;
  const pins = declined.map(({ pin }) => pin);
  const value = declineOf(first.requester, pins, first.stage);
  await say({ case: "decline", value }, context, signal);
  for (const request of declined) {
    await context.book.enter(request, { ...request.stage, told: true });
  }
}

function isUntold(request: SyncRequest): request is Declined {
  return request.stage.name === "declined" && !request.stage.told;
}

function declineOf(
  requester: InstallationId,
  requestIds: readonly string[],
  { reason, words = "" }: Pick<Declined["stage"], "reason" | "words">,
): SyncDecline {
  return create(SyncDeclineSchema, {
    requester: idBytes(requester),
    requestIds: [...requestIds],
    reason: wireReasons[reason],
    words,
  });
}
