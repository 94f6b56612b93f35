import { create } from "@bufbuild/protobuf";
import { nowNs, type RandomBytes } from "@history-sync/primitives";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import type { WorkerContext } from "../context/ports.js";
import { sendToInstallations } from "../context/send-to-installations.js";
import { newRequest, ownRequestId } from "../request/new-request.js";
import { type HistoryOptions, wireOptions } from "../request/options.js";
import type { SyncRequest } from "../request/sync-request.js";

const pinLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
// 57 letters to the 10th: two requests of an inbox never have the same pin.
const pinLength = 10;
// An archive that was gone or damaged is requested again, but not without end.
const maxAttempts = 3;

type OwnRequestPorts = Pick<
  WorkerContext,
  "clock" | "randomBytes" | "settings" | "syncGroups"
>;

/** Returns a request of this installation, yet to be sent. */
export function ownRequest(
  serverUrl: string,
  options: HistoryOptions,
  { clock, randomBytes, settings, syncGroups }: OwnRequestPorts,
): SyncRequest {
  const pin = newPin(randomBytes);
  const createdAtNs = nowNs(clock);
  return newRequest({
    id: ownRequestId(pin),
    role: "requester",
    origin: "message",
    pin,
    serverUrl,
    options: wireOptions(options, createdAtNs),
    format: "paged-v1",
    requester: syncGroups.installationId,
    createdAtNs,
    expiresAtNs: createdAtNs + BigInt(settings.requestTtlMs) * 1_000_000n,
    stage: { name: "unsent" },
  });
}

/** Sends this installation's request. A second message with the same pin, after a crash, is no second request. */
export async function sendRequest(
  request: SyncRequest,
  context: Pick<WorkerContext, "book" | "clock" | "syncGroups">,
  signal: AbortSignal,
): Promise<void> {
  const { pin, serverUrl, options, expiresAtNs } = request;
  const value = create(DeviceSyncRequestSchema, {
    pin,
    serverUrl,
    options,
    acceptedFormats: [ArchiveFormat.PAGED_V1],
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  });
  await sendToInstallations({ case: "request", value }, context, signal);
  await context.book.apply(request, { type: "request-sent" });
}

/** Requests the same history again. Returns the new request, undefined when that was done often enough. */
export async function requestAgain(
  request: SyncRequest,
  context: OwnRequestPorts & Pick<WorkerContext, "book">,
): Promise<SyncRequest | undefined> {
  if (request.attempt >= maxAttempts) return undefined;
  const known = await context.book.list();
  // A process that was killed between the two steps has made it already.
  const made = known.find(({ replaces }) => replaces === request.id);
  if (made) return made;
  return context.book.add({
    ...ownRequest(request.serverUrl, {}, context),
    options: request.options,
    replaces: request.id,
    attempt: request.attempt + 1,
  });
}

function newPin(randomBytes: RandomBytes): string {
  let pin = "";
  while (pin.length < pinLength) {
    const [byte = 0] = randomBytes(1);
    // Bytes beyond the last whole round of letters would make the first ones more likely.
    if (byte < 256 - (256 % pinLetters.length)) {
      pin += pinLetters[byte % pinLetters.length];
    }
  }
  return pin;
}
