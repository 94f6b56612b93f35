import {
  type BlobId,
  etagOf,
  isBlobId,
} from "@history-sync/history-client/contract";
import { Server, type Upload } from "@tus/server";
import type { BlobInfo, BlobLabel } from "../../blob-store.js";
import { HistoryServerError } from "../../errors.js";
import { concatHeader } from "../../headers.js";
import type {
  NewUpload,
  ResumableUploads,
  UnfinishedUploads,
} from "../../resumable-uploads.js";
import { checkedPiece, checksumAlgorithms } from "./checked-piece.js";
import { type Parts, partJoiner } from "./joining.js";
import {
  damaged,
  ifAbsent,
  keptIn,
  keptInHeader,
  metadataOf,
  type TusError,
} from "./kept.js";

/** `datastore` is where the pieces are gathered. */
export interface TusParts extends Parts {
  /** The most that any upload may take. */
  readonly maxBytes: number;
  /** Where a piece waits while its checksum is found. */
  readonly checkFolder: string;
  /** Makes the blob of a finished upload. */
  finish(id: BlobId, size: number, label: BlobLabel): Promise<BlobInfo>;
  sweep(): Promise<UnfinishedUploads>;
  /** Returns true if the datastore's failures come from a full disk. */
  isFull(): Promise<boolean>;
}

/** tus 1.0 over a datastore of `@tus/server`. Uploads bear the id of the blob that they will be. */
export function tusUploads(parts: TusParts): ResumableUploads {
  const { datastore, blobs, maxBytes } = parts;
  // The first piece would arrive before the uploader knows where to resume.
  const theirs = datastore.extensions.filter(
    (name) => name !== "creation-with-upload",
  );
  datastore.extensions = [...theirs, "checksum", "concatenation"];
  const created = new WeakMap<object, NewUpload>();
  const finishing = new Map<string, Promise<BlobInfo>>();

  const finishOnce = async (upload: Upload): Promise<BlobInfo> => {
    const { id, size = 0 } = upload;
    if (!isBlobId(id)) throw damaged();
    const done = await blobs.stat(id);
    if (done) return done;
    if (size === 0) {
      throw new HistoryServerError("empty-blob", "expected bytes, got 0");
    }
    return await parts.finish(id, size, keptIn(upload).label);
  };
  const finish = (upload: Upload): Promise<BlobInfo> => {
    const running = finishing.get(upload.id);
    if (running !== undefined) return running;
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
    onUploadCreate: async (request) => ({
      metadata: metadataOf(planOf(created, request)),
    }),
    onUploadFinish: async (_request, upload) => {
      if (keptIn(upload).isPart) return {};
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
      const response = await checkedPiece(request, parts.checkFolder, (piece) =>
        server.handleWeb(piece),
      );
      const { headers } = response;
      if (keptInHeader(headers.get("upload-metadata"))?.isPart) {
        headers.set(concatHeader, "partial");
      }
      headers.delete("upload-metadata");
      if (request.method === "OPTIONS") {
        headers.set("tus-checksum-algorithm", checksumAlgorithms);
      }
      return response;
    },
    async settle(id) {
      const upload = await datastore.getUpload(id).catch(ifAbsent);
      if (upload?.size === undefined || upload.offset < upload.size) return;
      if (!keptIn(upload).isPart) await finish(upload);
    },
    join: partJoiner(parts),
    sweep: parts.sweep,
  };
}

function planOf(
  created: WeakMap<object, NewUpload>,
  request: object,
): NewUpload {
  const plan = created.get(request);
  if (!plan) throw damaged();
  return plan;
}
