export {
  type IdentityServiceUnderTest,
  identityServiceContract,
} from "./identity-service-contract.js";
