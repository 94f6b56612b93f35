import { ManualClock } from "@history-sync/primitives/testing";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "../src/memory/index.js";
import {
  deliveryServiceContract,
  groupStateStoreContract,
} from "../src/testing/index.js";

deliveryServiceContract(
  "memory",
  async () => new MemoryDeliveryService(new ManualClock()),
);

groupStateStoreContract("memory", async () => {
  const store = new MemoryGroupStateStore();
  return { store, reopen: async () => store };
});
