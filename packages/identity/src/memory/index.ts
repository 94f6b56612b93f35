export { MemoryIdentityService } from "./identity-service.js";
