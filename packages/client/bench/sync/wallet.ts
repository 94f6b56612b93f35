import { privateKeySigner } from "@history-sync/identity/private-key";

/** The user's. */
export const wallet = privateKeySigner(new Uint8Array(32).fill(7));
