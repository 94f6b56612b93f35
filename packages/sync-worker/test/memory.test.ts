import { MemoryRequestStore } from "../src/memory.js";
import { requestStoreContract } from "../src/testing/index.js";

requestStoreContract("memory", async () => {
  const store = new MemoryRequestStore();
  return { store, reopen: async () => store };
});
