import { nowNs, toHex } from "@history-sync/primitives";
import type { WorkerContext } from "../context/ports.js";
import { SyncWorkerError } from "../errors.js";
import { liveArchives } from "../request/archives.js";
import {
  chosenArchiveId,
  newRequest,
  sentArchiveId,
} from "../request/new-request.js";
import { type HistoryOptions, wireOptions } from "../request/options.js";
import type { StageName, SyncRequest } from "../request/sync-request.js";
import { importing, isExpectedIn } from "../request/transitions.js";
import type { RequestRunner } from "./request-runner.js";
import { expectNotFailed, untilStage } from "./until-stage.js";

/** Creates and uploads an archive and sends it to the other installations. Resolves when it was sent. */
export async function sendArchive(
  pin: string,
  options: HistoryOptions,
  serverUrl: string,
  runner: RequestRunner,
): Promise<void> {
  const { book, clock, randomBytes, syncGroups } = runner.context;
  const createdAtNs = nowNs(clock);
  // A requester of the same pin may read pages; every installation reads XMTP's format.
  const requested = (await book.list()).find(
    (request) => request.pin === pin && request.role === "responder",
  );
  const request = newRequest({
    id: sentArchiveId(pin, toHex(randomBytes(4))),
    role: "responder",
    origin: "manual",
    pin,
    serverUrl,
    options: wireOptions(options, createdAtNs),
    format: requested?.format ?? "xmtp-v0",
    requester: syncGroups.installationId,
    createdAtNs,
    stage: { name: "preparing" },
  });
  await runTo("replied", request, runner.context, async () => {
    await book.add(request);
    await runner.start(request.id);
  });
}

/** Imports the newest archive of the pin, or of all. Resolves when it is merged. */
export async function importChosenArchive(
  pin: string | undefined,
  runner: RequestRunner,
): Promise<void> {
  const { book, clock, requests, settings, syncGroups } = runner.context;
  const live = await liveArchives(requests.archives, clock);
  const archive = live.findLast((one) => pin === undefined || one.pin === pin);
  if (!archive) {
    throw new SyncWorkerError(
      "no-archive",
      "expected an archive that another installation sent, got none",
    );
  }
  const createdAtNs = nowNs(clock);
  const request = newRequest({
    id: chosenArchiveId(archive.id),
    role: "requester",
    origin: "manual",
    pin: archive.pin,
    serverUrl: settings.historySyncUrl,
    options: wireOptions({}, createdAtNs),
    format: "paged-v1",
    requester: syncGroups.installationId,
    createdAtNs,
    stage: importing(archive),
  });
  await runTo("receipted", request, runner.context, async () => {
    const known = await book.add(request);
    // One that was imported, or failed, before is imported again.
    if (isExpectedIn("archive-chosen", known.stage.name)) {
      await book.apply(known, { type: "archive-chosen", archive });
    }
    await runner.start(request.id);
  });
}

/** @throws {SyncWorkerError} `request-failed` */
async function runTo(
  done: StageName,
  { id }: SyncRequest,
  context: Pick<WorkerContext, "book" | "updates">,
  start: () => Promise<void>,
): Promise<void> {
  const stage = await untilStage(
    id,
    context,
    ({ name }) => name === done || name === "failed",
    start,
  );
  expectNotFailed(stage);
}
