export { defaultNodeLimits, defaultPort, type NodeLimits } from "./limits.js";
export { type NatsSettings, runNode } from "./run-node.js";
export {
  type RunningNode,
  type ServeNodeOptions,
  serveNode,
} from "./serve-node.js";
