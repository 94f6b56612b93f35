import { MemoryRequestStore, MemoryUploadSpool } from "../src/memory.js";
import {
  requestStoreContract,
  uploadSpoolContract,
} from "../src/testing/index.js";

requestStoreContract("memory", async () => {
  const store = new MemoryRequestStore();
  return { store, reopen: async () => store };
});

uploadSpoolContract("memory", async () => {
  const spool = new MemoryUploadSpool();
  return { spool, reopen: async () => spool };
});
