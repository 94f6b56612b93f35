import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { idBytes, installationIdOf } from "@history-sync/primitives";
import { ArchiveOptionsSchema } from "@history-sync/proto/device-sync";
import {
  AvailableArchiveStateSchema,
  type RequestState,
  RequestStateSchema,
} from "@history-sync/proto/history-sync";
import {
  archiveOf,
  archiveState,
  uploadOf,
  uploadState,
} from "./archive-codec.js";
import { invalidState } from "./errors.js";
import { stageOf, stageState } from "./stage-codec.js";
import type {
  Acknowledgement,
  AvailableArchive,
  SyncRequest,
} from "./sync-request.js";

/** A request as bytes, for a store that keeps bytes. */
export function encodeRequest(request: SyncRequest): Uint8Array {
  const { requester, acknowledgements, holder, stage, ...same } = request;
  const state = create(RequestStateSchema, {
    ...same,
    exportsBegunAtNs: [...same.exportsBegunAtNs],
    uploadsToDelete: same.uploadsToDelete.map(uploadState),
    requester: idBytes(requester),
    acknowledgements: acknowledgements.map(({ installation, ...rest }) => ({
      ...rest,
      installation: idBytes(installation),
    })),
    ...(holder && {
      holder: idBytes(holder.installation),
      holderAtNs: holder.atNs,
      holderSinceNs: holder.sinceNs,
    }),
    stage: stageState(stage),
  });
  return toBinary(RequestStateSchema, state);
}

/** Throws `invalid-state` for bytes that `encodeRequest` didn't make. */
export function decodeRequest(bytes: Uint8Array): SyncRequest {
  try {
    return requestOf(fromBinary(RequestStateSchema, bytes));
  } catch (cause) {
    throw invalidState("a request", { cause });
  }
}

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

/** Throws `invalid-state` for bytes that `encodeAvailableArchive` didn't make. */
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
  const { id, role, pin, serverUrl, format, createdAtNs, attempt } = state;
  const { expiresAtNs, replaces } = state;
  if (role !== "asker" && role !== "answerer") throw invalidState("a role");
  if (format !== "paged-v1" && format !== "xmtp-v0") {
    throw invalidState("a format");
  }
  return {
    id,
    role,
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
    ...(state.holder && {
      holder: {
        installation: installationIdOf(state.holder),
        sinceNs: state.holderSinceNs ?? state.holderAtNs ?? 0n,
        atNs: state.holderAtNs ?? 0n,
      },
    }),
    ...(replaces !== undefined && { replaces }),
    exportsBegunAtNs: state.exportsBegunAtNs,
    uploadsToDelete: state.uploadsToDelete.map(uploadOf),
    attempt,
    stage: stageOf(state.stage),
  };
}
