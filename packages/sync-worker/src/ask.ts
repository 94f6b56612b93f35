import { create } from "@bufbuild/protobuf";
import { nowNs, type RandomBytes } from "@history-sync/primitives";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import { type HistoryOptions, wireOptions } from "./options.js";
import type { WorkerContext } from "./ports.js";
import { askedId } from "./request-ids.js";
import { say } from "./say.js";
import type { SyncRequest } from "./sync-request.js";

const pinLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
// 57 letters to the 10th: two requests of an inbox never meet.
const pinLength = 10;
// An archive that was gone before it was fetched, or was no good, is asked for again, but not for ever.
const maxAttempts = 3;

/** A request of this installation's own, yet to be sent. */
export function newRequest(
  serverUrl: string,
  options: HistoryOptions,
  { clock, randomBytes, settings, syncGroups }: WorkerContext,
): SyncRequest {
  const pin = newPin(randomBytes);
  const createdAtNs = nowNs(clock);
  return {
    id: askedId(pin),
    role: "asker",
    pin,
    serverUrl,
    options: wireOptions(options, createdAtNs),
    format: "paged-v1",
    requester: syncGroups.installationId,
    createdAtNs,
    expiresAtNs: createdAtNs + BigInt(settings.requestTtlMs) * 1_000_000n,
    acknowledgements: [],
    exportsBegunAtNs: [],
    uploadsToDelete: [],
    attempt: 1,
    stage: { name: "asking" },
  };
}

/** Sends one's own request. A second message with the same pin, after a crash, asks nothing new. */
export async function ask(
  request: SyncRequest,
  context: WorkerContext,
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
  await say({ case: "request", value }, context, signal);
  await context.book.enter(request, { name: "requested" });
}

/** The request that asks anew for what the given one didn't get; undefined when that was tried often enough. */
export async function askedAnew(
  request: SyncRequest,
  context: WorkerContext,
): Promise<SyncRequest | undefined> {
  if (request.attempt >= maxAttempts) return undefined;
  const known = await context.book.list();
  // A process that was killed between the two steps made it already.
  const made = known.find(({ replaces }) => replaces === request.id);
  if (made) return made;
  const anew = newRequest(request.serverUrl, {}, context);
  return context.book.add({
    ...anew,
    options: request.options,
    replaces: request.id,
    attempt: request.attempt + 1,
  });
}

function newPin(randomBytes: RandomBytes): string {
  let pin = "";
  while (pin.length < pinLength) {
    const [byte = 0] = randomBytes(1);
    // Bytes beyond the last whole round of letters would favour the first ones.
    if (byte < 256 - (256 % pinLetters.length)) {
      pin += pinLetters[byte % pinLetters.length];
    }
  }
  return pin;
}
