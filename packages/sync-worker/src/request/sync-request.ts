import type { ArchiveFormat } from "@history-sync/encryption-codec";
import type { InstallationId } from "@history-sync/primitives";
import type {
  ArchiveOptions,
  BackupMetadataSave,
} from "@history-sync/proto/device-sync";
import type {
  SealedArchive as Sealed,
  SyncReceipt,
} from "@history-sync/proto/history-sync";

/** A request for history, as this installation sees it. */
export interface SyncRequest {
  /** An opaque key of this installation's store. */
  readonly id: string;
  /** `requester`: this installation imports the archive. `responder`: it creates one. */
  readonly role: "requester" | "responder";
  readonly origin: RequestOrigin;
  /** Names the request on the wire; not a secret. */
  readonly pin: string;
  /** The history server that the requester named. */
  readonly serverUrl: string;
  readonly options: ArchiveOptions;
  /** The archive's format: the best that requester and responder both read. */
  readonly format: ArchiveFormat;
  /** The installation that sent the request. */
  readonly requester: InstallationId;
  readonly createdAtNs: bigint;
  /** The end of the requester's wait; absent in libxmtp's requests. */
  readonly expiresAtNs?: bigint;
  /** Acknowledgements received so far, in the order of the sync group. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** The installation that has the turn to respond. */
  readonly responder?: ResponderTurn | undefined;
  /** The request that this one replaces, after its archive was gone or damaged. */
  readonly replaces?: string;
  /** The times at which this installation began an archive for it, at least those of the last hour: the export budget counts them. */
  readonly exportsBegunAtNs: readonly bigint[];
  /** Uploads that are still to be deleted from a history server. */
  readonly uploadsToDelete: readonly Upload[];
  /** The number of requests in a row that this one makes, from 1. */
  readonly attempt: number;
  readonly stage: Stage;
}

/**
 * - `message`: a sync request was sent to the sync group, so other installations wait for its reply.
 * - `manual`: a call of the app (`sendSyncArchive`, `processSyncArchive`); no request was sent.
 */
export type RequestOrigin = "message" | "manual";

/** An installation's message that it responds to a request. */
export interface Acknowledgement {
  readonly installation: InstallationId;
  /** Its place in the order in which installations respond when an earlier one is silent. */
  readonly rank: number;
  readonly atNs: bigint;
  /** True while its user has to approve the request first. */
  readonly awaitingApproval: boolean;
}

/** The installation that has the turn to respond. */
export interface ResponderTurn {
  readonly installation: InstallationId;
  /** The time of its first acknowledgement, by the node's clock. */
  readonly sinceNs: bigint;
  /** The time of its latest acknowledgement, by the node's clock. */
  readonly atNs: bigint;
}

/** How far a request has come. Each stage carries what its step needs, and nothing that it doesn't. */
export type Stage =
  /** Requester: the request is to be sent; after a crash it may have been. */
  | { readonly name: "unsent" }
  /** Requester: sent, without a reply so far. */
  | { readonly name: "requested" }
  /** Requester: a reply was received; its archive is downloaded and merged. */
  | {
      readonly name: "importing";
      readonly archive: SealedArchive;
      readonly by: InstallationId;
    }
  /** Requester: merged. The receipt is to be sent; after a crash it may have been. */
  | {
      readonly name: "imported";
      readonly receipt: SyncReceipt;
      readonly by: InstallationId;
    }
  /** Responder: the acknowledgement is to be sent; then the order of acknowledgements decides. */
  | { readonly name: "acknowledging" }
  /** Responder: it is another installation's turn until `untilNs`. */
  | { readonly name: "standing-by"; readonly untilNs: bigint }
  /** Responder: the user has to approve. */
  | { readonly name: "awaiting-approval" }
  /** Responder: the archive is created and uploaded. `begun` is a resumable upload, `spooled` the sealed archive once it is complete. */
  | {
      readonly name: "preparing";
      readonly begun?: Upload;
      readonly spooled?: SpooledArchive;
    }
  /** Responder: uploaded. The reply is to be sent; after a crash it may have been. */
  | {
      readonly name: "uploaded";
      readonly archive: SealedArchive;
      readonly upload: Upload;
    }
  /** Responder: the reply was sent; the key is no longer stored. */
  | { readonly name: "replied"; readonly upload: Upload }
  /** Responder: another installation has replied. */
  | { readonly name: "answered"; readonly by: InstallationId }
  /** Either: the requester has merged the history. */
  | { readonly name: "receipted"; readonly receipt: SyncReceipt }
  /** Either: declined. The requester keeps waiting: another installation can still respond. */
  | {
      readonly name: "declined";
      readonly reason: DeclineReason;
      readonly by: InstallationId;
      /** The declining user's explanation. It comes from another installation: show it as plain text. */
      readonly message?: string;
      /** True once the other installations have been sent the decline. */
      readonly notified: boolean;
    }
  /** Either: the requester cancelled. `notified` is true once the other installations have been sent that. */
  | { readonly name: "cancelled"; readonly notified: boolean }
  /** Either: given up, with the error's code. */
  | { readonly name: "failed"; readonly reason: string }
  /** Requester: no reply in time, or its archive was gone. Responder: the request or its archive has expired. */
  | { readonly name: "expired" };

export type StageName = Stage["name"];

/** The stage of that name. */
export type StageOf<Name extends StageName> = Extract<
  Stage,
  { readonly name: Name }
>;

/**
 * - `user`: the user declined, for all installations.
 * - `policy`: the installation's release policy is `never`.
 * - `too-many`: the requester sent too many requests, or the hour's export budget is exhausted.
 * - `failed`: the installation could not create or upload the archive.
 */
export type DeclineReason = "user" | "policy" | "too-many" | "failed";

/** An archive on a history server. */
export interface SealedArchive {
  readonly url: string;
  /** 32 bytes. The store deletes it when the stage is left. */
  readonly key: Uint8Array;
  /** The archive's metadata; absent in replies of old installations. */
  readonly metadata?: BackupMetadataSave;
  /** The header and page hashes of a `paged-v1` archive. Other bytes are refused. */
  readonly sealed?: Sealed;
  /** The time at which the history server deletes it; absent where the reply doesn't say. */
  readonly expiresAtNs?: bigint;
}

/** A sealed archive that this installation stores until the history server has all of it. */
export interface SpooledArchive {
  /** Its id in the spool. */
  readonly id: string;
  readonly bytes: number;
  readonly archive: Omit<SealedArchive, "url" | "expiresAtNs">;
}

/** An archive's details that only its uploader knows. */
export interface Upload {
  readonly url: string;
  /** The address at which an incomplete upload resumes. */
  readonly uploadUrl?: string;
  /** Absent where the server gives none. */
  readonly deletionToken?: string;
  /** Absent where the server doesn't say. */
  readonly expiresAtNs?: bigint;
}

/** An archive that another installation sent and that this one hasn't imported. */
export interface AvailableArchive {
  /** The id of the reply message. */
  readonly id: string;
  readonly pin: string;
  readonly sender: InstallationId;
  readonly sentAtNs: bigint;
  readonly archive: SealedArchive;
}

/** Returns the upload that the installation has on a history server in the stage. */
export function uploadIn(stage: Stage): Upload | undefined {
  return stage.name === "preparing"
    ? stage.begun
    : "upload" in stage
      ? stage.upload
      : undefined;
}

/** Returns the id of the archive that the request has in the spool. */
export function spooledIn({
  stage,
}: Pick<SyncRequest, "stage">): string | undefined {
  return "spooled" in stage ? stage.spooled.id : undefined;
}
