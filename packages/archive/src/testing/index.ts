export { archiveSinkContract } from "./archive-sink-contract.js";
export { archiveSourceContract } from "./archive-source-contract.js";
export {
  type History,
  type HistoryFactory,
  noRows,
  put,
  readHistory,
  type WholeHistory,
  writing,
} from "./history.js";
export {
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
  sampleNs,
} from "./sample-rows.js";
