export { WireError, WireReader } from "./reader.js";
export { decodeVector, encodeVector } from "./vector.js";
