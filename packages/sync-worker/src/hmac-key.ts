import { create } from "@bufbuild/protobuf";
import { nowNs } from "@history-sync/primitives";
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
  await mergeHmacRoot(await newKey(context), context);
  await context.requests.outbox.setKeyAudience(installations);
}

/**
 * Brings the sync group's members in line with the inbox, then makes a new key if an installation came or went: who is
 * gone doesn't learn it, since the membership is changed first. The installations that the key was made for are kept,
 * so that it is made up for after a crash. Gives true where there is a new key to be told.
 */
export async function refreshMembers(
  context: WorkerContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { outbox } = context.requests;
  const { added, removed } = await context.syncGroups.refreshMembers(signal);
  const installations = await currentInstallations(context, signal);
  const audience = await outbox.keyAudience();
  const isOther =
    audience !== undefined && audience.join() !== installations.join();
  const isDue = added.length > 0 || removed.length > 0 || isOther;
  if (isDue) {
    await changePreferences(hmacKeyUpdate(await newKey(context)), context);
  }
  if (isDue || audience === undefined) {
    await outbox.setKeyAudience(installations);
  }
  return isDue;
}

/** Another installation made a new key: for whom, the next look at the inbox shows. */
export async function heardOfNewKey({
  requests,
}: WorkerContext): Promise<void> {
  await requests.outbox.setKeyAudience(undefined);
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
