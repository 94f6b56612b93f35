export { ManualClock } from "./manual-clock.js";
export { unsafeSeededBytes } from "./seeded-bytes.js";
