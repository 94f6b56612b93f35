export { requestStoreContract } from "./request-store-contract.js";
