export { WireError, WireReader } from "./reader.js";
export { decodeVector, encodeUint16Vector, encodeVector } from "./vector.js";
