export {
  type DeliveryCall,
  type DeliveryFault,
  MemoryDeliveryService,
} from "./delivery-service.js";
export { MemoryGroupStateStore } from "./group-state-store.js";
