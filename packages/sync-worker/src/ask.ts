import { create } from "@bufbuild/protobuf";
import {
  type InstallationId,
  nowNs,
  type RandomBytes,
} from "@history-sync/primitives";
import {
  BackupElementKind,
  type DeviceSyncReply,
  type DeviceSyncRequest,
  DeviceSyncRequestSchema,
} from "@history-sync/proto/device-sync";
import { ArchiveFormat } from "@history-sync/proto/history-sync";
import type { DeviceSyncMessage } from "@history-sync/sync-group";
import { SyncWorkerError } from "./errors.js";
import { type HistoryOptions, wireOptions } from "./options.js";
import { enterStage, type WorkerContext } from "./ports.js";
import type { SealedArchive, SyncRequest } from "./request-store.js";
import { withRetries } from "./retry.js";

const pinLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
// 57 letters to the 10th: two requests of an inbox never meet.
const pinLength = 10;
const archiveKeyBytes = 32;

/** A request of this installation's own, yet to be sent. */
export function newRequest(
  serverUrl: string,
  options: HistoryOptions,
  requester: InstallationId,
  { clock, randomBytes }: WorkerContext,
): SyncRequest {
  const pin = newPin(randomBytes);
  return {
    id: askedId(pin),
    role: "asker",
    pin,
    serverUrl,
    options: wireOptions(options),
    format: "paged-v1",
    requester,
    createdAtNs: nowNs(clock),
    stage: { name: "asking" },
  };
}

/** Sends one's own request. A second message with the same pin, after a crash, asks nothing new. */
export async function ask(
  request: SyncRequest,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const message = create(DeviceSyncRequestSchema, {
    pin: request.pin,
    serverUrl: request.serverUrl,
    options: request.options,
    acceptedFormats: [ArchiveFormat.PAGED_V1],
  });
  await withRetries(context.clock, signal, () =>
    context.syncGroups.send({ case: "request", value: message }, signal),
  );
  await enterStage(request, { name: "requested" }, context);
}

/** Another installation's request, as this one will answer it. */
export function receivedRequest(
  message: DeviceSyncMessage,
  { pin, serverUrl, options, acceptedFormats }: DeviceSyncRequest,
): SyncRequest {
  return {
    id: `answering:${message.sender}:${pin}`,
    role: "answerer",
    pin,
    serverUrl,
    options: options ?? wireOptions({}),
    format: acceptedFormats.includes(ArchiveFormat.PAGED_V1)
      ? "paged-v1"
      : "xmtp-v0",
    requester: message.sender,
    createdAtNs: message.sentAtNs,
    stage: { name: "preparing" },
  };
}

export function askedId(pin: string): string {
  return `asked:${pin}`;
}

/** What a reply leads to; throws `invalid-reply` for one that leads nowhere. */
export function replyArchive({
  url,
  key,
  kind,
  metadata,
  sealedArchive: sealed,
}: DeviceSyncReply): SealedArchive {
  if (kind !== BackupElementKind.UNSPECIFIED) {
    throw new SyncWorkerError(
      "invalid-reply",
      `expected a reply without a kind, got kind ${kind}`,
    );
  }
  const bytes = key?.key.value;
  if (bytes?.length !== archiveKeyBytes) {
    throw new SyncWorkerError(
      "invalid-reply",
      `expected a key of ${archiveKeyBytes} bytes, got ${bytes?.length ?? "none"}`,
    );
  }
  return {
    url,
    key: bytes,
    ...(metadata ? { metadata } : {}),
    ...(sealed ? { sealed } : {}),
  };
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
