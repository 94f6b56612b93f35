import { type DataStore, Server, type Upload } from "@tus/server";
import { type BlobId, isBlobId } from "../../blob-id.js";
import type { BlobInfo, BlobLabel, BlobStore } from "../../blob-store.js";
import { HistoryServerError } from "../../errors.js";
import { etagOf } from "../../headers.js";
import type {
  NewUpload,
  ResumableUploads,
  UnfinishedUploads,
} from "../../resumable-uploads.js";

export interface TusParts {
  /** Where the pieces are gathered. */
  readonly datastore: DataStore;
  readonly blobs: BlobStore;
  /** The most that any upload may take. */
  readonly maxBytes: number;
  /** Makes the blob of a finished upload. */
  finish(id: BlobId, size: number, label: BlobLabel): Promise<BlobInfo>;
  sweep(): Promise<UnfinishedUploads>;
  /** Whether the datastore's failures come from a full disk. */
  isFull(): Promise<boolean>;
}

/** What the upload's metadata hold until it is a blob. */
interface Kept {
  readonly label: BlobLabel;
  readonly maxBytes: number;
}

/** tus 1.0 over a datastore of `@tus/server`. Uploads bear the id of the blob that they will be. */
export function tusUploads(parts: TusParts): ResumableUploads {
  const { datastore, blobs, maxBytes } = parts;
  // The first piece would arrive before the uploader knows where to go on.
  datastore.extensions = datastore.extensions.filter(
    (name) => name !== "creation-with-upload",
  );
  const created = new WeakMap<object, NewUpload>();
  const finishing = new Map<string, Promise<BlobInfo>>();

  const finishOnce = async (upload: Upload): Promise<BlobInfo> => {
    const id = upload.id.split("/").at(-1) ?? "";
    if (!isBlobId(id)) throw damaged();
    const done = await blobs.stat(id);
    if (done) return done;
    const { size = 0 } = upload;
    if (size === 0) {
      throw new HistoryServerError("empty-blob", "expected bytes, got 0");
    }
    return await parts.finish(id, size, keptIn(upload).label);
  };
  const finish = (upload: Upload): Promise<BlobInfo> => {
    const running = finishing.get(upload.id);
    if (running) return running;
    const work = finishOnce(upload).finally(() => finishing.delete(upload.id));
    finishing.set(upload.id, work);
    return work;
  };

  const server = new Server({
    path: "/tus",
    datastore,
    maxSize: async (request, id) => {
      const plan = created.get(request);
      if (plan || id === null) return plan?.maxBytes ?? maxBytes;
      const upload = await datastore.getUpload(id).catch(() => undefined);
      return upload?.metadata ? keptIn(upload).maxBytes : maxBytes;
    },
    // Relative to `{server}/tus`, so that no header of the request has a say in it.
    generateUrl: (_request, { id }) => `tus/${id}`,
    namingFunction: (request) => planOf(created, request).id,
    onUploadCreate: async (request) => {
      const { label, maxBytes: granted } = planOf(created, request);
      const kept: Kept = { label, maxBytes: granted };
      return { metadata: { kept: JSON.stringify(kept) } };
    },
    onUploadFinish: async (_request, upload) => {
      const { sha256 } = await finish(upload);
      return { headers: { etag: etagOf(sha256) } };
    },
    onResponseError: async (_request, error) => {
      const { status_code = 500, body = "" } = error as Partial<TusError>;
      if (error instanceof HistoryServerError) {
        if (error.code === "empty-blob") return { status_code: 400, body: "" };
        return { status_code: error.code === "storage-full" ? 507 : 503, body };
      }
      if (status_code < 500) return { status_code, body };
      return { status_code: (await parts.isFull()) ? 507 : 503, body: "" };
    },
  });

  return {
    async handle(request, upload) {
      if (upload) created.set(request, upload);
      const response = await server.handleWeb(request);
      response.headers.delete("upload-metadata");
      return response;
    },
    async settle(id) {
      const upload = await datastore.getUpload(id).catch(ifAbsent);
      if (upload?.size === undefined || upload.offset < upload.size) return;
      await finish(upload);
    },
    sweep: parts.sweep,
  };
}

interface TusError {
  readonly status_code: number;
  readonly body: string;
}

/** @tus/server throws plain objects with a status. */
function ifAbsent(error: unknown): undefined {
  const status = (error as Partial<TusError>).status_code;
  if (status === 404 || status === 410) return undefined;
  throw error;
}

function planOf(
  created: WeakMap<object, NewUpload>,
  request: object,
): NewUpload {
  const plan = created.get(request);
  if (!plan) throw damaged();
  return plan;
}

function keptIn({ metadata }: Upload): Kept {
  const text = metadata?.kept;
  if (typeof text !== "string") throw damaged();
  return JSON.parse(text) as Kept;
}

function damaged(): HistoryServerError {
  return new HistoryServerError(
    "storage-failed",
    "an unfinished upload without what was noted when it began",
  );
}
