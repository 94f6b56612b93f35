import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { nodeCommand, startServer } from "@history-sync/test-kit/processes";
import { expect, test } from "vitest";
import { run } from "./support/run.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test.each(["node", "serve"])(
  "%s runs until it is told to stop, and ends well",
  async (name) => {
    const args = ["--port", "0", "--data", temporaryFolder().path];
    const { url, stop } = await startServer(nodeCommand(main, name, ...args));
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(200);
    expect(await stop()).toEqual({ code: 0, signal: null });
  },
);

test.each(["node", "serve"])("%s tells its own options", async (name) => {
  const { stdout } = await run([name, "--help"]);
  expect(stdout).toContain("--port");
  expect(stdout).toContain("--data");
});
