import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  const folder = await mkdtemp(join(tmpdir(), "history-server-"));
  const blobs = await fileBlobStore(folder, { clock });
  return {
    blobs,
    resumable: await fileTusUploads({ folder, blobs, maxBytes, clock }),
    close: () => rm(folder, { recursive: true }),
  };
});
