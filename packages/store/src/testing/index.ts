export { generateHistory } from "./generate-history.js";
