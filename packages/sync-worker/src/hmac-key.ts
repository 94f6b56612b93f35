import { create } from "@bufbuild/protobuf";
import { type InstallationId, nowNs } from "@history-sync/primitives";
import {
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { currentInstallations } from "./membership.js";
import type { WorkerContext } from "./ports.js";
import { changePreferences } from "./preference-outbox.js";
import { hmacKeyBytes, hmacKeyUpdate, mergeHmacRoot } from "./preferences.js";

/** The first installation of an inbox makes the key; a later one is given it. */
export async function ensureHmacKey(
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  if (await context.history.hmacKey()) return;
  const installations = await currentInstallations(context, signal);
  const { installationId } = context.syncGroups;
  if (installations.some((id) => id !== installationId)) return;
  await context.requests.outbox.setKeyAudience(installations);
  await mergeHmacRoot(await newKey(context), context);
}

/** Before anybody can come or go: whom a key that another installation made is for. */
export async function ensureKeyAudience(context: WorkerContext): Promise<void> {
  const { outbox } = context.requests;
  if ((await outbox.keyAudience()) !== undefined) return;
  await outbox.setKeyAudience(membersOf(context));
}

/**
 * Brings the sync group's members in line with the inbox, then makes a new key if an installation came or went: who is
 * gone doesn't learn it, since the membership is changed first. The members that the key was made for are kept before
 * they change, and with the new key, so that after a crash it is made if it wasn't, and once.
 */
export async function refreshMembers(
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  await context.syncGroups.refreshMembers(signal);
  if (!(await isKeyDue(context))) return;
  const update = hmacKeyUpdate(await newKey(context));
  await changePreferences(update, context, membersOf(context));
}

/** Whether the key was made for others than those who are in the sync group now. */
export async function isKeyDue(context: WorkerContext): Promise<boolean> {
  const audience = await context.requests.outbox.keyAudience();
  return (
    audience !== undefined && audience.join() !== membersOf(context).join()
  );
}

/** Another installation made a new key, for those who are in the sync group. */
export async function heardOfNewKey(context: WorkerContext): Promise<void> {
  await context.requests.outbox.setKeyAudience(membersOf(context));
}

/** In one order on all of them. */
function membersOf({ syncGroups }: WorkerContext): readonly InstallationId[] {
  return syncGroups.members.toSorted();
}

/** Newer than the one that there is, however this clock runs. */
async function newKey({
  clock,
  history,
  randomBytes,
}: WorkerContext): Promise<HmacKeySave> {
  const before = await history.hmacKey();
  const now = nowNs(clock);
  const cycledAtNs =
    before && before.cycledAtNs >= now ? before.cycledAtNs + 1n : now;
  return create(HmacKeySaveSchema, {
    key: randomBytes(hmacKeyBytes),
    cycledAtNs,
  });
}
