// Runs the suite where real libxmtp is available: LIBXMTP_PEER names a peer command that speaks JSON lines.
// Without one it prints so and exits with 0, or with 1 if LIBXMTP_PEER names one.
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
