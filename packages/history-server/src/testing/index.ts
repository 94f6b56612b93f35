export {
  type BlobStoreUnderTest,
  blobStoreContract,
} from "./blob-store-contract.js";
