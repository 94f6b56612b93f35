import type { ArchiveFormat } from "@history-sync/encryption-codec";
import type { InstallationId } from "@history-sync/primitives";
import type {
  ArchiveOptions,
  BackupMetadataSave,
} from "@history-sync/proto/device-sync";
import type { SealedArchive as Sealed } from "@history-sync/proto/history-sync";

/** Where the worker's requests outlive the process. */
export interface RequestStore {
  get(id: string): Promise<SyncRequest | undefined>;
  /** Writes it durably under its id. What an earlier stage held (an archive's key) is overwritten. */
  put(request: SyncRequest): Promise<void>;
  /** All of them, oldest first. */
  list(): Promise<readonly SyncRequest[]>;
  /** Whether this installation decided once whether to ask for its history by itself. */
  initialRequestDecided(): Promise<boolean>;
  /** In one transaction: never ask by itself again, and keep the request, where one is to be made. */
  decideInitialRequest(request: SyncRequest | undefined): Promise<void>;
}

/** A request for history, as this installation sees it. */
export interface SyncRequest {
  /** Of one's own request `asked:` and the pin, of another's `answering:` and the id of its message. */
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
  readonly stage: Stage;
}

/** How far a request has come; each stage carries what going on from it needs. */
export type Stage =
  /** Asker: to be sent; perhaps it was. */
  | { readonly name: "asking" }
  /** Asker: sent, no reply yet. */
  | { readonly name: "requested" }
  /** Asker: a reply is here. */
  | { readonly name: "importing"; readonly archive: SealedArchive }
  /** Asker: done. */
  | { readonly name: "imported" }
  /** Answerer: the archive is to be made and uploaded. */
  | { readonly name: "preparing" }
  /** Answerer: the archive is on the server, the reply is to be sent; perhaps it was. */
  | { readonly name: "uploaded"; readonly archive: SealedArchive }
  /** Answerer: done. */
  | { readonly name: "replied" }
  /** Either: given up. */
  | { readonly name: "failed"; readonly reason: string };

/** An archive on a history server. */
export interface SealedArchive {
  readonly url: string;
  /** 32 bytes; gone from the store once the stage is left. */
  readonly key: Uint8Array;
  /** What it is said to hold; an old installation's reply doesn't say. */
  readonly metadata?: BackupMetadataSave;
  /** What a paged-v1 archive looks like from outside; whatever else the server has is refused. */
  readonly sealed?: Sealed;
}
