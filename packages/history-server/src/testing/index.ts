export {
  type BlobStoreUnderTest,
  blobStoreContract,
} from "./blob-store-contract.js";
export {
  type ResumableUploadsUnderTest,
  resumableUploadsContract,
} from "./resumable-uploads-contract.js";
