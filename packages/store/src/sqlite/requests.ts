import type { DatabaseSync } from "node:sqlite";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { idBytes, installationIdOf } from "@history-sync/primitives";
import {
  ArchiveOptionsSchema,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import { SealedArchiveSchema } from "@history-sync/proto/history-sync";
import type {
  RequestStore,
  SealedArchive,
  Stage,
  SyncRequest,
} from "@history-sync/sync-worker";
import { emptyLog, transaction } from "./database.js";

const schema = `
  CREATE TABLE IF NOT EXISTS sync_requests (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    pin TEXT NOT NULL,
    server_url TEXT NOT NULL,
    options BLOB NOT NULL,
    format TEXT NOT NULL,
    requester BLOB NOT NULL,
    created_at_ns INTEGER NOT NULL,
    stage TEXT NOT NULL,
    archive_url TEXT,
    archive_key BLOB,
    archive_metadata BLOB,
    archive_sealed BLOB,
    reason TEXT
  );
  CREATE TABLE IF NOT EXISTS sync_decisions (
    name TEXT PRIMARY KEY
  );
`;

const initialRequest = "initial-request";

interface Row {
  readonly id: string;
  readonly role: SyncRequest["role"];
  readonly pin: string;
  readonly server_url: string;
  readonly options: Uint8Array;
  readonly format: SyncRequest["format"];
  readonly requester: Uint8Array;
  readonly created_at_ns: bigint;
  readonly stage: Stage["name"];
  readonly archive_url: string | null;
  readonly archive_key: Uint8Array | null;
  readonly archive_metadata: Uint8Array | null;
  readonly archive_sealed: Uint8Array | null;
  readonly reason: string | null;
}

/** The worker's requests in SQLite. The key of an archive stands in the file only as long as its stage lasts. */
export class SqliteRequestStore implements RequestStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(schema);
  }

  async get(id: string): Promise<SyncRequest | undefined> {
    const row = this.#db
      .prepare("SELECT * FROM sync_requests WHERE id = ?")
      .get(id);
    return row && requestOf(row as unknown as Row);
  }

  async put(request: SyncRequest): Promise<void> {
    const keyGoes = this.#hasKey(request.id) && !archiveOf(request.stage);
    this.#put(request);
    if (keyGoes) emptyLog(this.#db);
  }

  async list(): Promise<readonly SyncRequest[]> {
    return this.#db
      .prepare("SELECT * FROM sync_requests ORDER BY created_at_ns, id")
      .all()
      .map((row) => requestOf(row as unknown as Row));
  }

  async initialRequestDecided(): Promise<boolean> {
    return (
      this.#db
        .prepare("SELECT 1 FROM sync_decisions WHERE name = ?")
        .get(initialRequest) !== undefined
    );
  }

  async decideInitialRequest(request: SyncRequest | undefined): Promise<void> {
    transaction(this.#db, () => {
      this.#db
        .prepare("INSERT OR IGNORE INTO sync_decisions (name) VALUES (?)")
        .run(initialRequest);
      if (request) this.#put(request);
    });
  }

  #hasKey(id: string): boolean {
    const row = this.#db
      .prepare("SELECT archive_key FROM sync_requests WHERE id = ?")
      .get(id);
    return row !== undefined && row.archive_key !== null;
  }

  #put(request: SyncRequest): void {
    const { stage } = request;
    const archive = archiveOf(stage);
    this.#db
      .prepare(
        `INSERT OR REPLACE INTO sync_requests
          (id, role, pin, server_url, options, format, requester, created_at_ns, stage, archive_url, archive_key,
           archive_metadata, archive_sealed, reason)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        request.id,
        request.role,
        request.pin,
        request.serverUrl,
        toBinary(ArchiveOptionsSchema, request.options),
        request.format,
        idBytes(request.requester),
        request.createdAtNs,
        stage.name,
        archive?.url ?? null,
        archive?.key ?? null,
        archive?.metadata
          ? toBinary(BackupMetadataSaveSchema, archive.metadata)
          : null,
        archive?.sealed ? toBinary(SealedArchiveSchema, archive.sealed) : null,
        stage.name === "failed" ? stage.reason : null,
      );
  }
}

function archiveOf(stage: Stage): SealedArchive | undefined {
  return "archive" in stage ? stage.archive : undefined;
}

function requestOf(row: Row): SyncRequest {
  return {
    id: row.id,
    role: row.role,
    pin: row.pin,
    serverUrl: row.server_url,
    options: fromBinary(ArchiveOptionsSchema, row.options),
    format: row.format,
    requester: installationIdOf(row.requester),
    createdAtNs: row.created_at_ns,
    stage: stageOf(row),
  };
}

function stageOf(row: Row): Stage {
  switch (row.stage) {
    case "importing":
    case "uploaded":
      return { name: row.stage, archive: sealedArchiveOf(row) };
    case "failed":
      return { name: row.stage, reason: row.reason ?? "" };
    default:
      return { name: row.stage };
  }
}

function sealedArchiveOf(row: Row): SealedArchive {
  const { archive_metadata: metadata, archive_sealed: sealed } = row;
  return {
    url: row.archive_url ?? "",
    key: row.archive_key ?? new Uint8Array(),
    ...(metadata && {
      metadata: fromBinary(BackupMetadataSaveSchema, metadata),
    }),
    ...(sealed && { sealed: fromBinary(SealedArchiveSchema, sealed) }),
  };
}
