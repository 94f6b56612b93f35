import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { expect, test } from "vitest";
import { run } from "./support/run.js";

const bucket = ["--s3", "http://127.0.0.1:9", "--bucket", "archives"];

/** Commands that need a package which the command line doesn't install. */
const adapters = [
  {
    args: ["serve", ...bucket],
    flag: "--s3",
    adapter: "@history-sync/history-server-s3",
    opens: "openBucket",
  },
  {
    args: ["node", "--port", "0", "--nats", "nats://127.0.0.1:9"],
    flag: "--nats",
    adapter: "@history-sync/xmtp-node-nats",
    opens: "openNatsStorage",
  },
] as const;

test.each(adapters)(
  "$flag names the package to install when it is missing",
  async ({ args, flag, adapter }) => {
    const folder = temporaryFolder();
    const { code, stderr } = await run(args, {}, folder.path);
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringContaining(
        `${flag} needs another package: npm install ${adapter}`,
      ),
    ]);
  },
);

test.each(adapters)(
  "$flag loads its package when that is installed in the current folder",
  async ({ args, adapter, opens }) => {
    const folder = temporaryFolder();
    const installed = join(folder.path, "node_modules", adapter);
    await mkdir(installed, { recursive: true });
    const exports = { "./node": "./node.js" };
    await writeFile(
      join(installed, "package.json"),
      JSON.stringify({ name: adapter, type: "module", exports }),
    );
    await writeFile(
      join(installed, "node.js"),
      `export function ${opens}() { throw new Error("opened by ${adapter}"); }`,
    );
    const { code, stderr } = await run(args, {}, folder.path);
    expect(code).toBe(1);
    expect(stderr).toContain(`opened by ${adapter}`);
  },
);
