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
  /** Of one's own request `asked:` and the pin; of another's `answering:`, its installation and the pin; `sending:` and the pin of an archive that nobody asked for. */
  readonly id: string;
  readonly role: "asker" | "answerer";
  /** Names the request on the wire; not a secret. */
  readonly pin: string;
  /** The history server that the asker named. */
  readonly serverUrl: string;
  readonly options: ArchiveOptions;
  /** How the archive is to be sealed: the best that asker and answerer both know. */
  readonly format: ArchiveFormat;
  /** Who asked. */
  readonly requester: InstallationId;
  readonly createdAtNs: bigint;
  /** Until when the asker waits for an answer; libxmtp doesn't say. */
  readonly expiresAtNs?: bigint;
  /** Who said that it takes the request, in the order of the sync group. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** Whose turn it is to answer. */
  readonly holder?: Holder | undefined;
  /** The request that this one stands for, whose archive was gone before it was fetched, or was no good. */
  readonly replaces?: string;
  /** When this installation began to make an archive for it, those of the last hour at least; part of the export budget. */
  readonly exportsBegunAtNs: readonly bigint[];
  /** What was left behind on a history server, and is still to be deleted there. */
  readonly uploadsToDelete: readonly Upload[];
  /** How many requests in a row this is, from 1 on. */
  readonly attempt: number;
  readonly stage: Stage;
}

/** An installation said that it takes a request. */
export interface Acknowledgement {
  readonly installation: InstallationId;
  /** Its place among those who take over from each other. */
  readonly rank: number;
  readonly atNs: bigint;
  /** Its user has to say yes first. */
  readonly awaitingApproval: boolean;
}

/** The installation whose turn it is. */
export interface Holder {
  readonly installation: InstallationId;
  /** When it said that it takes the request, in the node's time. */
  readonly sinceNs: bigint;
  /** Its last sign of life, in the node's time. */
  readonly atNs: bigint;
}

/** How far a request has come; each stage carries what going on from it needs. */
export type Stage =
  /** Asker: to be sent; perhaps it was. */
  | { readonly name: "asking" }
  /** Asker: sent, no reply yet. It stays open until it expires. */
  | { readonly name: "requested" }
  /** Asker: a reply is here. */
  | {
      readonly name: "importing";
      readonly archive: SealedArchive;
      readonly by: InstallationId;
    }
  /** Asker: the history is here; the receipt is to be sent, perhaps it was. */
  | {
      readonly name: "imported";
      readonly receipt: SyncReceipt;
      readonly by: InstallationId;
    }
  /** Answerer: the others are to be told that this installation takes it; then the order of the sync group decides. */
  | { readonly name: "acknowledging" }
  /** Answerer: another installation's turn; this one takes over when the time has come. */
  | { readonly name: "standing-by"; readonly untilNs: bigint }
  /** Answerer: the user of this installation has to say yes. */
  | { readonly name: "awaiting-approval" }
  /** Answerer: the archive is to be made and uploaded. `begun` is an upload that was, `spooled` the archive once it is made. */
  | {
      readonly name: "preparing";
      readonly begun?: Upload;
      readonly spooled?: SpooledArchive;
    }
  /** Answerer: the archive is on the server, the reply is to be sent; perhaps it was. */
  | {
      readonly name: "uploaded";
      readonly archive: SealedArchive;
      readonly upload: Upload;
    }
  /** Answerer: the reply is sent; the key is forgotten. */
  | { readonly name: "replied"; readonly upload: Upload }
  /** Answerer: another installation has replied. */
  | { readonly name: "answered"; readonly by: InstallationId }
  /** Either: done, the asker has its history. */
  | { readonly name: "receipted"; readonly receipt: SyncReceipt }
  /** Either: somebody said no. Of the asker it isn't the end: another installation can still answer. */
  | {
      readonly name: "declined";
      readonly reason: DeclineReason;
      readonly by: InstallationId;
      /** What the user gave as the reason; another installation's word for it, so to be shown as text only. */
      readonly words?: string;
      /** Whether the other installations know. */
      readonly told: boolean;
    }
  /** Either: the asker wants it no more. `told`: the other installations know. */
  | { readonly name: "cancelled"; readonly told: boolean }
  /** Either: given up. */
  | { readonly name: "failed"; readonly reason: string }
  /** Asker: nobody answered in time, or the archive was gone. Answerer: the archive, or the time to make one, is over. */
  | { readonly name: "expired" };

/**
 * - `user`: the user said no, for all installations.
 * - `policy`: that installation never hands out history.
 * - `too-many`: it was asked too often.
 * - `failed`: it tried and failed.
 */
export type DeclineReason = "user" | "policy" | "too-many" | "failed";

/** An archive on a history server. */
export interface SealedArchive {
  readonly url: string;
  /** 32 bytes; gone from the store once the stage is left. */
  readonly key: Uint8Array;
  /** What it is said to hold; an old installation's reply doesn't say. */
  readonly metadata?: BackupMetadataSave;
  /** What a paged-v1 archive looks like from outside; whatever else the server has is refused. */
  readonly sealed?: Sealed;
  /** When the server forgets it; absent where nobody said. */
  readonly expiresAtNs?: bigint;
}

/** A sealed archive that this installation keeps until the history server has all of it. */
export interface SpooledArchive {
  /** In the spool. */
  readonly id: string;
  readonly bytes: number;
  readonly archive: Omit<SealedArchive, "url" | "expiresAtNs">;
}

/** What only the uploader knows of an archive. */
export interface Upload {
  readonly url: string;
  /** Where an upload that isn't complete goes on. */
  readonly uploadUrl?: string;
  /** Absent where the server gives none. */
  readonly deletionToken?: string;
  /** Absent where the server doesn't say. */
  readonly expiresAtNs?: bigint;
}

/** An archive that an installation told of and that this one didn't ask for, or not yet. */
export interface AvailableArchive {
  /** The id of the message that told of it. */
  readonly id: string;
  readonly pin: string;
  readonly sender: InstallationId;
  readonly sentAtNs: bigint;
  readonly archive: SealedArchive;
}

/** What the installation has on a history server in the stage. */
export function uploadIn(stage: Stage): Upload | undefined {
  return stage.name === "preparing"
    ? stage.begun
    : "upload" in stage
      ? stage.upload
      : undefined;
}

/** The stages that nothing follows of. */
const ended: ReadonlySet<Stage["name"]> = new Set([
  "answered",
  "cancelled",
  "declined",
  "expired",
  "failed",
  "receipted",
]);

export function hasEnded({ stage }: SyncRequest): boolean {
  return ended.has(stage.name);
}
