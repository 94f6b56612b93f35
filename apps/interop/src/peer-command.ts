import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Where the peer is: `LIBXMTP_PEER`, or beside the repository. */
export const peerCommand: string = resolve(
  root,
  process.env.LIBXMTP_PEER ?? "../shared/libxmtp/peer",
);
