export { lookTimesContract } from "./look-times-contract.js";
