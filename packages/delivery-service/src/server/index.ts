export type {
  Appended,
  Entry,
  NewEntry,
  NodeStorage,
  ReadPage,
  ReadRange,
  TopicKind,
  TopicName,
} from "../storage/node-storage.js";
export { defaultLimits, defaultPort, type NodeLimits } from "./limits.js";
export { type NodeProcess, runNode } from "./run-node.js";
export {
  type RunningNode,
  type ServeNodeOptions,
  serveNode,
} from "./serve-node.js";
