export {
  type NodeStorageUnderTest,
  nodeStorageContract,
} from "./node-storage-contract.js";
