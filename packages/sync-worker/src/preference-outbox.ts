import { create } from "@bufbuild/protobuf";
import { type InstallationId, nowNs, toHex } from "@history-sync/primitives";
import {
  type PreferenceUpdates,
  PreferenceUpdatesSchema,
} from "@history-sync/proto/device-sync";
import type { WorkerContext } from "./ports.js";
import { applyPreferenceUpdates } from "./preferences.js";
import type { UnsentPreferences } from "./request-store.js";
import type { say } from "./say.js";

// About 50 kB in a message.
const maxInMessage = 500;

/** Keeps a change until the others know it, then applies it: a process that is killed in between loses nothing. */
export async function changePreferences(
  updates: PreferenceUpdates,
  context: WorkerContext,
  keyAudience?: readonly InstallationId[],
): Promise<void> {
  const { clock, randomBytes, requests } = context;
  const time = nowNs(clock).toString().padStart(20, "0");
  const id = `${time}-${toHex(randomBytes(4))}`;
  await requests.outbox.put({ id, updates }, keyAudience);
  await applyPreferenceUpdates(updates, context);
}

/** After a restart: what was kept, but perhaps not applied. */
export async function applyUnsent(context: WorkerContext): Promise<void> {
  for (const { updates } of await context.requests.outbox.list()) {
    await applyPreferenceUpdates(updates, context);
  }
}

/** Tells the others what they don't know, oldest first: the newest wins wherever it comes. */
export async function tellPreferences(
  send: typeof say,
  context: WorkerContext,
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
