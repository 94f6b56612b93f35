import type { S3 } from "@aws-sdk/client-s3";
import { type BlobId, isBlobId } from "@history-sync/history-client/contract";
import type { BlobStore } from "@history-sync/history-server";
import { ifAbsent } from "@history-sync/history-server/node/tus";
import { guarded, unlessAbsent } from "./s3-error.js";

export interface TusObjectsOptions {
  readonly client: S3;
  readonly bucket: string;
  readonly ttlMs: number;
}

/** The objects that `@tus/s3-store` makes for an upload `id`: `id`, once it is complete, `id.info` and `id.part`. */
export interface TusObjects {
  read(id: BlobId): Promise<ReadableStream<Uint8Array>>;
  /** Deletes an upload, complete or not; throws the tus library's own 404 where there is none. */
  remove(id: string): Promise<void>;
  /** The upload has become a blob: only what was noted of it goes. */
  forget(id: BlobId): Promise<void>;
  /** Deletes complete uploads that were not joined in time, or never became a blob; how many. */
  sweep(nowMs: number, blobs: BlobStore): Promise<number>;
}

const infoEnding = ".info";
const notFound = { status_code: 404, body: "not found\n" };

export function tusObjects({
  client,
  bucket: Bucket,
  ttlMs,
}: TusObjectsOptions): TusObjects {
  const remove = async (Key: string) => {
    await client.deleteObject({ Bucket, Key });
  };
  const removeAll = async (id: string) => {
    // The note goes last: it is what a next try finds the others by.
    await remove(id);
    await remove(`${id}.part`);
    await remove(id + infoEnding);
  };
  const abortMultipart = async (id: string) => {
    const info = await unlessAbsent(() =>
      client.headObject({ Bucket, Key: id + infoEnding }),
    );
    if (!info) throw notFound;
    const UploadId = info.Metadata?.["upload-id"];
    if (UploadId === undefined) return;
    await unlessAbsent(() =>
      client.abortMultipartUpload({ Bucket, Key: id, UploadId }),
    );
  };
  async function* notesBefore(ms: number) {
    let ContinuationToken: string | undefined;
    do {
      const command = { Bucket, Delimiter: "/", ContinuationToken };
      const page = await client.listObjectsV2(command);
      for (const { Key = "", LastModified } of page.Contents ?? []) {
        const id = Key.slice(0, -infoEnding.length);
        const isNote = Key.endsWith(infoEnding) && isBlobId(id);
        if (isNote && LastModified && LastModified.getTime() <= ms) yield id;
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  return {
    read: (id) =>
      guarded(async () => {
        const { Body } = await client.getObject({ Bucket, Key: id });
        return Body?.transformToWebStream() as ReadableStream<Uint8Array>;
      }),
    async remove(id) {
      await guarded(async () => {
        await abortMultipart(id);
        await removeAll(id);
      });
    },
    forget: (id) => guarded(() => remove(id + infoEnding)),
    async sweep(nowMs, blobs) {
      let deleted = 0;
      await guarded(async () => {
        for await (const id of notesBefore(nowMs - ttlMs)) {
          if (await blobs.stat(id)) {
            await remove(id + infoEnding);
            continue;
          }
          await abortMultipart(id).catch(ifAbsent);
          await removeAll(id);
          deleted++;
        }
      });
      return deleted;
    },
  };
}
