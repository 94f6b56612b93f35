import type { InstallationId } from "@history-sync/primitives";
import { SyncWorkerError } from "../errors.js";
import { within, withRetries } from "../work/retry.js";
import type { WorkerContext } from "./ports.js";

const lookUpTimeoutMs = 60_000;

type MembershipPorts = Pick<
  WorkerContext,
  "clock" | "installations" | "syncGroups"
>;

/** Returns the inbox's current installations, in the same order on all of them. */
export async function currentInstallations(
  { clock, installations, syncGroups }: MembershipPorts,
  signal: AbortSignal,
): Promise<readonly InstallationId[]> {
  const found = await within(clock, lookUpTimeoutMs, signal, () =>
    installations.installations(syncGroups.inboxId),
  );
  return found.installations.toSorted();
}

/** @throws {SyncWorkerError} `requester-not-in-inbox` for an installation that isn't of the inbox, or no longer */
export async function expectInInbox(
  requester: InstallationId,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<void> {
  const current = await withRetries(ports.clock, signal, () =>
    currentInstallations(ports, signal),
  );
  if (current.includes(requester)) return;
  throw new SyncWorkerError(
    "requester-not-in-inbox",
    `expected the requester among the inbox's ${current.length} installations, got another one`,
  );
}
