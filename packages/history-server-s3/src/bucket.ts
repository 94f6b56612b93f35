import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { unlessAbsent } from "./s3-error.js";

interface ListedObject {
  readonly key: string;
  /** The key after the folder's. */
  readonly name: string;
  /** Of its last change, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/** The objects of a bucket, or of the part of it with one start of keys. */
export interface Bucket {
  /** Of a small object; undefined where there is none. */
  text(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** All bytes, or a range such as `bytes=0-9`; undefined where there is no such object. */
  open(
    key: string,
    range?: string,
  ): Promise<ReadableStream<Uint8Array> | undefined>;
  /** The objects of a folder, by a request for each thousand. */
  list(folder: string): AsyncGenerator<ListedObject, void, undefined>;
}

export function bucketOf(client: S3Client, Bucket: string): Bucket {
  const get = (Key: string, Range?: string) =>
    unlessAbsent(async () => {
      const command = new GetObjectCommand({ Bucket, Key, Range });
      return (await client.send(command)).Body;
    });
  return {
    text: async (key) => await (await get(key))?.transformToString(),
    async put(Key, text) {
      const Body = new TextEncoder().encode(text);
      // The SDK takes an empty body for one of unknown length.
      const sized = { Bucket, Key, Body, ContentLength: Body.length };
      await client.send(new PutObjectCommand(sized));
    },
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    async open(key, range) {
      const body = await get(key, range);
      return body?.transformToWebStream() as
        | ReadableStream<Uint8Array>
        | undefined;
    },
    async *list(Prefix) {
      let ContinuationToken: string | undefined;
      do {
        const command = { Bucket, Prefix, ContinuationToken };
        const page = await client.send(new ListObjectsV2Command(command));
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          const name = Key.slice(Prefix.length);
          // An object without a time counts as new.
          yield { key: Key, name, atMs: LastModified?.getTime() ?? Date.now() };
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
  };
}
