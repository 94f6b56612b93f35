export { MemoryHistoryStore, memoryStore } from "./store.js";
