export { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
