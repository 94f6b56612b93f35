import {
  archiveSinkContract,
  archiveSourceContract,
} from "@history-sync/archive/testing";
import { groupStateStoreContract } from "@history-sync/mls-group/testing";
import {
  requestStoreContract,
  uploadSpoolContract,
} from "@history-sync/sync-worker/testing";
import type { Store } from "../src/index.js";
import { historyStoreContract } from "./history-store-contract.js";
import { databaseName, testStore } from "./indexeddb-store.js";

const history = async () => ({ history: (await testStore()).history });

archiveSourceContract("IndexedDbHistory", history);
archiveSinkContract("IndexedDbHistory", history);
historyStoreContract("IndexedDbHistory", history);

groupStateStoreContract("IndexedDbGroupStateStore", () =>
  reopenable(({ groups }) => groups),
);

requestStoreContract("IndexedDbRequestStore", () =>
  reopenable(({ requests }) => requests),
);

uploadSpoolContract("IndexedDbUploadSpool", async () => {
  const { store: spool, reopen } = await reopenable((store) => store.spool);
  return { spool, reopen };
});

async function reopenable<Port>(portOf: (store: Store) => Port): Promise<{
  readonly store: Port;
  readonly reopen: () => Promise<Port>;
}> {
  const name = databaseName();
  let store = await testStore(name);
  return {
    store: portOf(store),
    reopen: async () => {
      store.close();
      store = await testStore(name, { wait: true });
      return portOf(store);
    },
  };
}
