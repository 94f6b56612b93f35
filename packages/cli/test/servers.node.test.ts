import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
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

test("serve keeps its memory small, as history-server does", async () => {
  // Prints every flag that is set in the process.
  const watch = `
    import { syncBuiltinESMExports } from "node:module";
    import v8 from "node:v8";
    const set = v8.setFlagsFromString;
    v8.setFlagsFromString = (flag) => { console.log(flag); set(flag); };
    syncBuiltinESMExports();
  `;
  const before = `data:text/javascript,${encodeURIComponent(watch)}`;
  const args = ["--import", before, main, "serve", "--help"];
  const child = spawn(process.execPath, args);
  const flag = (await text(child.stdout)).split("\n")[0] ?? "";
  expect(flag).toMatch(/^--/);

  const bin = import.meta.resolve("@history-sync/history-server/node");
  const command = await readFile(new URL("./main.js", bin), "utf8");
  expect(command.split("\n")[0]?.split(" ")).toContain(flag);
});

test.each(["node", "serve"])("%s tells its own options", async (name) => {
  const child = spawn(process.execPath, [main, name, "--help"]);
  const help = await text(child.stdout);
  expect(help).toContain("--port");
  expect(help).toContain("--data");
});
