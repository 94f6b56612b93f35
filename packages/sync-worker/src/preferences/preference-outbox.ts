import { create } from "@bufbuild/protobuf";
import { type InstallationId, nowNs, toHex } from "@history-sync/primitives";
import {
  type PreferenceUpdates,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import type { WorkerContext } from "../context/ports.js";
import type { Send } from "../context/send-to-installations.js";
import type { UnsentPreferences } from "../request/request-store.js";
import { applyPreferenceUpdates } from "./preferences.js";

// About 50 kB in a message.
const maxInMessage = 500;

/** Stores a change until it has been sent, then applies it, so that a process that is killed in between loses nothing. */
export async function changePreferences(
  updates: PreferenceUpdates,
  context: Pick<
    WorkerContext,
    "clock" | "history" | "randomBytes" | "requests" | "updates"
  >,
  keyAudience?: readonly InstallationId[],
): Promise<void> {
  const { clock, randomBytes, requests } = context;
  const time = nowNs(clock).toString().padStart(20, "0");
  const id = `${time}-${toHex(randomBytes(4))}`;
  await requests.outbox.put({ id, updates }, keyAudience);
  await applyPreferenceUpdates(updates, context);
}

/** Applies, after a restart, the stored changes: a crash may have come before they were applied. */
export async function applyUnsent(
  context: Pick<WorkerContext, "clock" | "history" | "requests" | "updates">,
): Promise<void> {
  for (const { updates } of await context.requests.outbox.list()) {
    await applyPreferenceUpdates(updates, context);
  }
}

/** Sends the stored changes, oldest first, and removes them from the store. */
export async function sendPreferences(
  send: Send,
  context: Pick<WorkerContext, "clock" | "requests" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const { outbox } = context.requests;
  for (const message of messagesOf(await outbox.list())) {
    const value = create(PreferenceUpdatesSchema, {
      updates: message.flatMap(({ updates }) => updates.updates),
    });
    await send({ case: "preferenceUpdates", value }, context, signal);
    for (const { id } of message) await outbox.remove(id);
  }
}

function* messagesOf(
  unsent: readonly UnsentPreferences[],
): Generator<readonly UnsentPreferences[]> {
  let message: UnsentPreferences[] = [];
  let size = 0;
  for (const change of unsent) {
    const more = change.updates.updates.length;
    if (message.length > 0 && size + more > maxInMessage) {
      yield message;
      message = [];
      size = 0;
    }
    message.push(change);
    size += more;
  }
  if (message.length > 0) yield message;
}
