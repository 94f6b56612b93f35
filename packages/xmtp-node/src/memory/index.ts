export { MemoryNodeStorage } from "./memory-node-storage.js";
