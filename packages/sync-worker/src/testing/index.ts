export { requestStoreContract } from "./request-store-contract.js";
export { uploadSpoolContract } from "./upload-spool-contract.js";
