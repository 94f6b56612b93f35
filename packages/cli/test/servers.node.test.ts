import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder } from "./support/folder.js";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test.each(["node", "serve"])(
  "%s runs until it is told to stop, and ends well",
  async (name) => {
    await using folder = await makeFolder();
    const child = spawn(
      process.execPath,
      [main, name, "--port", "0", "--data", folder.path],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const [line] = (await once(createInterface(child.stdout), "line")) as [
      string,
    ];
    const url = line.split(" ").at(-1) ?? "";
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

test.each(["node", "serve"])("%s tells its own options", async (name) => {
  const child = spawn(process.execPath, [main, name, "--help"]);
  const help = await text(child.stdout);
  expect(help).toContain("--port");
  expect(help).toContain("--data");
});
