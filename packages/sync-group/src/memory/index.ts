export { MemoryInstallations } from "./installations.js";
