import type { Clock } from "@history-sync/primitives";
import type { SyncWorkerOptions } from "../src/index.js";
import { remember } from "./history.js";
import { Disk, type Installation, settle, type World } from "./world.js";

/** An installation with so many messages. */
export async function withHistory(
  world: World,
  messages = 3,
  options: Partial<SyncWorkerOptions> = {},
  workerClock?: Clock,
): Promise<Installation> {
  const disk = new Disk();
  await remember(disk.history, messages);
  return start(world, disk, options, workerClock);
}

/** One more installation, which doesn't ask by itself. */
export async function start(
  world: World,
  disk: Disk = new Disk(),
  options: Partial<SyncWorkerOptions> = {},
  workerClock?: Clock,
): Promise<Installation> {
  await disk.requests.decideInitialRequest(undefined);
  return world.start(disk, options, workerClock);
}

/** They become members of the first one's sync group. */
export async function together(
  first: Installation,
  ...others: readonly Installation[]
): Promise<void> {
  await first.worker.settled();
  await first.worker.refreshInstallations();
  await settle(first, ...others);
}
