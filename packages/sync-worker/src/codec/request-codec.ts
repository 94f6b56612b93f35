import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type InstallationId,
  idBytes,
  installationIdOf,
} from "@history-sync/primitives";
import { ArchiveOptionsSchema } from "@history-sync/proto/device-sync";
import {
  type ArchiveState,
  ArchiveStateSchema,
  AvailableArchiveStateSchema,
  type RequestState,
  RequestStateSchema,
  type SpooledArchiveState,
  SpooledArchiveStateSchema,
  type StageState,
  StageStateSchema,
  SyncReceiptSchema,
  type UploadState,
  UploadStateSchema,
} from "@history-sync/proto/history-sync";
import { isSpoolId } from "../context/upload-spool.js";
import { invalidState } from "../errors.js";
import {
  type Acknowledgement,
  type AvailableArchive,
  type DeclineReason,
  type SealedArchive,
  type SpooledArchive,
  type Stage,
  type SyncRequest,
  type Upload,
  uploadIn,
} from "../request/sync-request.js";

/** Encodes a request for a store of bytes. */
export function encodeRequest(request: SyncRequest): Uint8Array {
  const { requester, acknowledgements, responder, stage, ...same } = request;
  const state = create(RequestStateSchema, {
    ...same,
    exportsBegunAtNs: [...same.exportsBegunAtNs],
    uploadsToDelete: same.uploadsToDelete.map(uploadState),
    requester: idBytes(requester),
    acknowledgements: acknowledgements.map(({ installation, ...rest }) => ({
      ...rest,
      installation: idBytes(installation),
    })),
    ...(responder && {
      responder: idBytes(responder.installation),
      responderAtNs: responder.atNs,
      responderSinceNs: responder.sinceNs,
    }),
    stage: stageState(stage),
  });
  return toBinary(RequestStateSchema, state);
}

/** @throws {SyncWorkerError} `invalid-state` for bytes that `encodeRequest` didn't write */
export function decodeRequest(bytes: Uint8Array): SyncRequest {
  try {
    return requestOf(fromBinary(RequestStateSchema, bytes));
  } catch (cause) {
    throw invalidState("a request", { cause });
  }
}

/** Encodes an archive with its key for a store of bytes. */
export function encodeAvailableArchive({
  id,
  pin,
  sender,
  sentAtNs,
  archive,
}: AvailableArchive): Uint8Array {
  const state = create(AvailableArchiveStateSchema, {
    id,
    pin,
    sender: idBytes(sender),
    sentAtNs,
    archive: archiveState(archive),
  });
  return toBinary(AvailableArchiveStateSchema, state);
}

/** @throws {SyncWorkerError} `invalid-state` for bytes that `encodeAvailableArchive` didn't write */
export function decodeAvailableArchive(bytes: Uint8Array): AvailableArchive {
  try {
    const state = fromBinary(AvailableArchiveStateSchema, bytes);
    const { id, pin, sender, sentAtNs, archive } = state;
    return {
      id,
      pin,
      sender: installationIdOf(sender),
      sentAtNs,
      archive: archiveOf(archive),
    };
  } catch (cause) {
    throw invalidState("an archive", { cause });
  }
}

function requestOf(state: RequestState): SyncRequest {
  const { id, role, origin, pin, serverUrl, format } = state;
  const { createdAtNs, attempt } = state;
  const { expiresAtNs, replaces } = state;
  if (role !== "requester" && role !== "responder")
    throw invalidState("a role");
  if (origin !== "message" && origin !== "manual") {
    throw invalidState("an origin");
  }
  if (format !== "paged-v1" && format !== "xmtp-v0") {
    throw invalidState("a format");
  }
  return {
    id,
    role,
    origin,
    pin,
    serverUrl,
    options: state.options ?? create(ArchiveOptionsSchema),
    format,
    requester: installationIdOf(state.requester),
    createdAtNs,
    ...(expiresAtNs !== undefined && { expiresAtNs }),
    acknowledgements: state.acknowledgements.map(
      ({ installation, rank, atNs, awaitingApproval }): Acknowledgement => ({
        installation: installationIdOf(installation),
        rank,
        atNs,
        awaitingApproval,
      }),
    ),
    ...(state.responder && {
      responder: {
        installation: installationIdOf(state.responder),
        sinceNs: state.responderSinceNs ?? state.responderAtNs ?? 0n,
        atNs: state.responderAtNs ?? 0n,
      },
    }),
    ...(replaces !== undefined && { replaces }),
    exportsBegunAtNs: state.exportsBegunAtNs,
    uploadsToDelete: state.uploadsToDelete.map(uploadOf),
    attempt,
    stage: stageOf(state.stage),
  };
}

function stageState(stage: Stage): StageState {
  const upload = uploadIn(stage);
  return create(StageStateSchema, {
    name: stage.name,
    ...("archive" in stage && { archive: archiveState(stage.archive) }),
    ...(upload && { upload: uploadState(upload) }),
    ...("spooled" in stage && { spooled: spooledState(stage.spooled) }),
    ...("reason" in stage && { reason: stage.reason }),
    ...("by" in stage && { by: idBytes(stage.by) }),
    ...("untilNs" in stage && { untilNs: stage.untilNs }),
    ...("receipt" in stage && { receipt: stage.receipt }),
    ...("notified" in stage && { notified: stage.notified }),
    ...("message" in stage && { message: stage.message }),
  });
}

function stageOf(state: StageState | undefined): Stage {
  const { notified = false, reason = "", message } = state ?? {};
  const archive = archiveOf(state?.archive);
  const receipt = state?.receipt ?? create(SyncReceiptSchema);
  const upload = state?.upload && uploadOf(state.upload);
  const name = state?.name as Stage["name"] | undefined;
  switch (name) {
    case "unsent":
    case "requested":
    case "acknowledging":
    case "awaiting-approval":
    case "expired":
      return { name };
    case "importing":
      return { name, archive, by: installationOf(state) };
    case "imported":
      return { name, receipt, by: installationOf(state) };
    case "standing-by":
      return { name, untilNs: state?.untilNs ?? 0n };
    case "preparing":
      return {
        name,
        ...(upload && { begun: upload }),
        ...(state?.spooled && { spooled: spooledOf(state.spooled) }),
      };
    case "uploaded":
      return { name, archive, upload: upload ?? { url: archive.url } };
    case "replied":
      return { name, upload: upload ?? { url: "" } };
    case "answered":
      return { name, by: installationOf(state) };
    case "receipted":
      return { name, receipt };
    case "declined":
      return {
        name,
        reason: declineReason(reason),
        by: installationOf(state),
        ...(message !== undefined && { message }),
        notified,
      };
    case "cancelled":
      return { name, notified };
    case "failed":
      return { name, reason };
    default:
      throw invalidState("a stage");
  }
}

const declineReasons: ReadonlySet<string> = new Set<DeclineReason>([
  "user",
  "policy",
  "too-many",
  "failed",
]);

function declineReason(text: string): DeclineReason {
  if (!declineReasons.has(text)) throw invalidState("a reason");
  return text as DeclineReason;
}

function installationOf(state: StageState | undefined): InstallationId {
  if (!state?.by) throw invalidState("an installation");
  return installationIdOf(state.by);
}

function archiveState({
  url,
  key,
  metadata,
  sealed,
  expiresAtNs,
}: SealedArchive): ArchiveState {
  return create(ArchiveStateSchema, {
    url,
    key,
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  });
}

function archiveOf(state: ArchiveState | undefined): SealedArchive {
  const { url = "", key = new Uint8Array() } = state ?? {};
  const { metadata, sealed, expiresAtNs } = state ?? {};
  return {
    url,
    key,
    ...(metadata && { metadata }),
    ...(sealed && { sealed }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}

function spooledState({
  id,
  bytes,
  archive,
}: SpooledArchive): SpooledArchiveState {
  return create(SpooledArchiveStateSchema, {
    id,
    bytes: BigInt(bytes),
    archive: archiveState({ url: "", ...archive }),
  });
}

function spooledOf({
  id,
  bytes,
  archive: state,
}: SpooledArchiveState): SpooledArchive {
  if (!isSpoolId(id)) throw invalidState("an id of the spool");
  const { url: _, ...archive } = archiveOf(state);
  return { id, bytes: Number(bytes), archive };
}

function uploadState(upload: Upload): UploadState {
  return create(UploadStateSchema, upload);
}

function uploadOf({
  url,
  deletionToken,
  expiresAtNs,
  uploadUrl,
}: UploadState): Upload {
  return {
    url,
    ...(uploadUrl !== undefined && { uploadUrl }),
    ...(deletionToken !== undefined && { deletionToken }),
    ...(expiresAtNs !== undefined && { expiresAtNs }),
  };
}
