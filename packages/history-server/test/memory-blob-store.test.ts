import { memoryBlobStore } from "../src/memory.js";
import { blobStoreContract } from "../src/testing/index.js";

blobStoreContract("memoryBlobStore", async (clock) => ({
  blobs: memoryBlobStore({ clock }),
  close: async () => {},
}));
