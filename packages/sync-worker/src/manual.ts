import { nowNs, toHex } from "@history-sync/primitives";
import { liveArchives } from "./archives.js";
import { SyncWorkerError } from "./errors.js";
import { type HistoryOptions, wireOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { sendingId, takingId } from "./request-ids.js";
import type { RequestRunner } from "./request-runner.js";
import type { Stage, SyncRequest } from "./sync-request.js";
import { importing } from "./take-reply.js";
import { expectNotFailed, untilStage } from "./until-stage.js";

/** Makes an archive, uploads it and tells the others; resolves when they can have it. */
export async function sendArchive(
  pin: string,
  options: HistoryOptions,
  serverUrl: string,
  context: WorkerContext,
  runner: RequestRunner,
): Promise<void> {
  const { book, clock, randomBytes } = context;
  const createdAtNs = nowNs(clock);
  // Somebody who said that it reads pages gets them; every installation reads XMTP's format.
  const asked = (await book.list()).find(
    (request) => request.pin === pin && request.role === "answerer",
  );
  await run(
    {
      ...manual(sendingId(pin, toHex(randomBytes(4))), pin, context),
      role: "answerer",
      serverUrl,
      options: wireOptions(options, createdAtNs),
      format: asked?.format ?? "xmtp-v0",
      stage: { name: "preparing" },
    },
    "replied",
    context,
    runner,
  );
}

/** Takes in the newest archive of the pin, or of all; resolves when it is in. */
export async function takeArchive(
  pin: string | undefined,
  context: WorkerContext,
  runner: RequestRunner,
): Promise<void> {
  const available = (await liveArchives(context)).findLast(
    (archive) => pin === undefined || archive.pin === pin,
  );
  if (!available) {
    throw new SyncWorkerError(
      "no-archive",
      "expected an archive that an installation told of, got none",
    );
  }
  await run(
    {
      ...manual(takingId(available.id), available.pin, context),
      role: "asker",
      stage: importing(available),
    },
    "receipted",
    context,
    runner,
  );
}

function manual(id: string, pin: string, context: WorkerContext): SyncRequest {
  const { clock, syncGroups, settings } = context;
  const createdAtNs = nowNs(clock);
  return {
    id,
    role: "asker",
    pin,
    serverUrl: settings.historySyncUrl,
    options: wireOptions({}, createdAtNs),
    format: "paged-v1",
    requester: syncGroups.installationId,
    createdAtNs,
    acknowledgements: [],
    exportsBegunAtNs: [],
    uploadsToDelete: [],
    attempt: 1,
    stage: { name: "asking" },
  };
}

/** Goes on with it until it is done, and throws where it was given up. */
async function run(
  request: SyncRequest,
  done: Stage["name"],
  context: WorkerContext,
  runner: RequestRunner,
): Promise<void> {
  const known = await context.book.add(request);
  const isEnd = ({ name }: Stage) => name === done || name === "failed";
  const start = async () => {
    // An archive that was taken in, or failed, before is taken in again.
    if (isEnd(known.stage)) await runner.to(known, request.stage);
    else await runner.restart(request.id);
    await runner.startWaiting();
  };
  expectNotFailed(await untilStage(request.id, context, isEnd, start));
}
