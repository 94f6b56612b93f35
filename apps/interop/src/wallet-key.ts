import { randomBytes } from "node:crypto";

/** In hex, as libxmtp's peer takes it. */
export function newWalletKey(): string {
  return `0x${randomBytes(32).toString("hex")}`;
}
