export { MemoryHistoryStore } from "./history.js";
export { memoryStore } from "./memory-store.js";
