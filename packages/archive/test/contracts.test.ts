import { MemoryHistory } from "../src/memory.js";
import {
  archiveSinkContract,
  archiveSourceContract,
} from "../src/testing/index.js";

const factory = async () => ({ history: new MemoryHistory() });

archiveSourceContract("MemoryHistory", factory);
archiveSinkContract("MemoryHistory", factory);
