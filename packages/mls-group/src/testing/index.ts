export {
  type DeliveryServiceContractOptions,
  deliveryServiceContract,
} from "./delivery-service-contract.js";
export { groupStateStoreContract } from "./group-state-store-contract.js";
