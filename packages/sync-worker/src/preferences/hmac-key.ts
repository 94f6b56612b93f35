import { create } from "@bufbuild/protobuf";
import { type InstallationId, nowNs } from "@history-sync/primitives";
import {
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import { currentInstallations } from "../context/membership.js";
import type { WorkerContext } from "../context/ports.js";
import { changePreferences } from "./preference-outbox.js";
import { hmacKeyBytes, hmacKeyUpdate, mergeHmacRoot } from "./preferences.js";

type KeyPorts = Pick<
  WorkerContext,
  "clock" | "history" | "randomBytes" | "requests" | "syncGroups" | "updates"
>;

type AudiencePorts = Pick<WorkerContext, "requests" | "syncGroups">;

/** Creates the HMAC key on the first installation of an inbox; a later one receives it. */
export async function ensureHmacKey(
  context: KeyPorts & Pick<WorkerContext, "installations">,
  signal: AbortSignal,
): Promise<void> {
  if (await context.history.hmacKey()) return;
  const installations = await currentInstallations(context, signal);
  const { installationId } = context.syncGroups;
  if (installations.some((id) => id !== installationId)) return;
  await context.requests.outbox.setKeyAudience(installations);
  await mergeHmacRoot(await newKey(context), context);
}

/** Stores, before the membership can change, which installations a received key was made for. */
export async function ensureKeyAudience(context: AudiencePorts): Promise<void> {
  const { outbox } = context.requests;
  if ((await outbox.keyAudience()) !== undefined) return;
  await outbox.setKeyAudience(membersOf(context));
}

/**
 * Updates the sync group's members to those of the inbox, then creates a new key if an installation was added or removed.
 * The membership changes first, so that a removed installation doesn't receive the key. The installations that the key
 * was made for are stored before the change and with the new key, so that it is created once, after a crash too.
 */
export async function refreshMembers(
  context: KeyPorts,
  signal: AbortSignal,
): Promise<void> {
  await context.syncGroups.refreshMembers(signal);
  if (!(await isKeyDue(context))) return;
  const update = hmacKeyUpdate(await newKey(context));
  await changePreferences(update, context, membersOf(context));
}

/** Returns true if the key was made for other installations than the sync group's current members. */
export async function isKeyDue(context: AudiencePorts): Promise<boolean> {
  const audience = await context.requests.outbox.keyAudience();
  return (
    audience !== undefined && audience.join() !== membersOf(context).join()
  );
}

/** Records that another installation has sent a new key to the sync group's current members. */
export async function recordKeyAudience(context: AudiencePorts): Promise<void> {
  await context.requests.outbox.setKeyAudience(membersOf(context));
}

/** Returns the members in the same order on all installations. */
function membersOf({
  syncGroups,
}: Pick<WorkerContext, "syncGroups">): readonly InstallationId[] {
  return syncGroups.members.toSorted();
}

/** Returns a key that is later than the current one, even if the clock was set back. */
async function newKey({
  clock,
  history,
  randomBytes,
}: KeyPorts): Promise<HmacKeySave> {
  const before = await history.hmacKey();
  const now = nowNs(clock);
  const cycledAtNs =
    before && before.cycledAtNs >= now ? before.cycledAtNs + 1n : now;
  return create(HmacKeySaveSchema, {
    key: randomBytes(hmacKeyBytes),
    cycledAtNs,
  });
}
