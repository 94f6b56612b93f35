export { checkTimesContract } from "./check-times-contract.js";
