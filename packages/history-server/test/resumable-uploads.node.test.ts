import { TemporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { HistoryServerError, historyServer } from "../src/index.js";
import { memoryBlobStore } from "../src/memory.js";
import {
  fileBlobStore,
  fileTusUploads,
  memoryTusUploads,
} from "../src/node/index.js";
import { resumableUploadsContract } from "../src/testing/index.js";

const maxBytes = 20_000_000;

resumableUploadsContract("memoryTusUploads", async (clock) => {
  const blobs = memoryBlobStore({ clock });
  const resumable = memoryTusUploads({ blobs, maxBytes, clock });
  return { blobs, resumable, close: async () => {} };
});

resumableUploadsContract("fileTusUploads", async (clock) => {
  const temporary = new TemporaryFolder();
  const { path: folder } = temporary;
  const blobs = await fileBlobStore(folder, { clock });
  return {
    blobs,
    resumable: await fileTusUploads({ folder, blobs, maxBytes, clock }),
    close: () => temporary[Symbol.asyncDispose](),
  };
});

test("a join that breaks in the middle leaves the parts, and is done again", async () => {
  const store = memoryBlobStore();
  let breaks = 1;
  const blobs: typeof store = {
    ...store,
    async write(id, body, options) {
      if (breaks-- <= 0) return await store.write(id, body, options);
      await body.cancel();
      const retryable = { retryable: true };
      throw new HistoryServerError("storage-failed", "no more", retryable);
    },
  };
  const resumable = memoryTusUploads({ blobs, maxBytes });
  const handle = historyServer({ blobs, resumable });
  const send = (
    path: string,
    method: string,
    headers: Record<string, string>,
    body?: string,
  ) =>
    handle(
      new Request(`http://localhost/${path}`, {
        method,
        headers: { "tus-resumable": "1.0.0", ...headers },
        ...(body !== undefined && { body }),
      }),
    );
  const parts: string[] = [];
  for (const text of ["first ", "second"]) {
    const answer = await send("tus", "POST", {
      "upload-concat": "partial",
      "upload-length": `${text.length}`,
    });
    const path = answer.headers.get("location") ?? "";
    const piece = {
      "content-type": "application/offset+octet-stream",
      "upload-offset": "0",
    };
    await send(path, "PATCH", piece, text);
    parts.push(path);
  }
  const concat = { "upload-concat": `final;${parts.join(" ")}` };
  expect((await send("tus", "POST", concat)).status).toBe(503);
  const joined = await send("tus", "POST", concat);
  expect(joined.status).toBe(201);
  const file = joined.headers.get("location")?.replace("tus", "files") ?? "";
  expect(await (await send(file, "GET", {})).text()).toBe("first second");
});
