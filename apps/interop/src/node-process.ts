import { fileURLToPath } from "node:url";
import {
  type ServerProcess,
  startServer,
} from "@history-sync/test-kit/processes";

const program = fileURLToPath(
  new URL("../node_modules/.bin/xmtp-node", import.meta.url),
);

/** Starts our XMTP node as an operator does. */
export function startNodeProcess(
  folder: string,
  port: number,
): Promise<ServerProcess> {
  const args = ["--data", folder, "--port", `${port}`];
  return startServer({ program, args });
}
