// Runs the suite where real libxmtp can be had: a peer command that speaks JSON lines, at LIBXMTP_PEER.
// Without one it says so and leaves with 0, unless LIBXMTP_PEER named one: then with 1.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { peerCommand } from "./peer-command.ts";

if (existsSync(peerCommand)) {
  const { status } = spawnSync("vitest", ["run"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else {
  process.stdout.write(
    `interop: NOT RUN, there is no peer at ${peerCommand}; set LIBXMTP_PEER to a command that runs libxmtp.\n`,
  );
  process.exitCode = process.env.LIBXMTP_PEER ? 1 : 0;
}
