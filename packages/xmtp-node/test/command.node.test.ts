import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@history-sync/test-kit/folders";
import { describe, expect, test } from "vitest";
import { helpText, readCommandLine } from "../src/command-line.js";
import { defaultNodeLimits } from "../src/limits.js";
import { runNode } from "../src/run-node.js";

describe("the command's settings", () => {
  test("have defaults", () => {
    expect(readCommandLine([])).toEqual({
      port: 5556,
      host: "127.0.0.1",
      dataFolder: "xmtp-node-data",
      natsUrl: undefined,
      limits: defaultNodeLimits,
    });
  });

  test("come from the arguments, then from the environment", () => {
    const environment = {
      XMTP_NODE_PORT: "1",
      XMTP_NODE_DATA: "/data",
      XMTP_NODE_REQUESTS_PER_MINUTE: "7",
    };
    const args = ["--port", "0", "--nats", "nats://n:4222"];
    expect(readCommandLine(args, environment)).toMatchObject({
      port: 0,
      dataFolder: "/data",
      natsUrl: "nats://n:4222",
      limits: { ...defaultNodeLimits, requestsPerMinute: 7 },
    });
  });

  test.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--port", "-1"],
  ])("%s %s is refused", (...args) => {
    expect(() => readCommandLine([args.join("=")])).toThrow(
      expect.objectContaining({ code: "invalid-setting" }),
    );
  });
});

test("every limit is a setting, and help names all of them", () => {
  const settings = readCommandLine([]);
  if (typeof settings === "string") throw new TypeError("settings");
  expect(settings.limits).toEqual(defaultNodeLimits);
  const flags = [...helpText.matchAll(/--([a-z-]+) (?:N|TIME)/g)]
    .map(([, flag]) => flag ?? "")
    .filter((flag) => flag !== "port");
  expect(flags).toHaveLength(Object.keys(defaultNodeLimits).length);
  const args = flags.map(
    (flag) => `--${flag}=${/reader|grace/.test(flag) ? "3s" : "3"}`,
  );
  const changed = readCommandLine(args);
  if (typeof changed === "string") throw new TypeError("settings");
  for (const [name, value] of Object.entries(changed.limits)) {
    expect(value, name).toBe(name.endsWith("Ms") ? 3_000 : 3);
  }
});

describe("the command", () => {
  const run = async (...args: readonly string[]) => {
    const output = { out: "", err: "" };
    let stop = () => {};
    const started = new Promise<string>((resolve) => {
      const code = runNode(args, {
        env: {},
        stdout: {
          write(text: string) {
            output.out += text;
            resolve(text);
          },
        },
        stderr: {
          write(text: string) {
            output.err += text;
          },
        },
        once: (_, listener) => {
          stop = listener;
        },
      });
      ended = code;
      void code.then(() => resolve(""));
    });
    return { output, started: await started, stop: () => stop() };
  };
  let ended: Promise<number>;

  test("serves until it is told to stop, and logs in JSON lines", async () => {
    const { output, started, stop } = await run(
      "--port",
      "0",
      "--data",
      temporaryFolder().path,
    );
    const url = started.replace("node at ", "").trim();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    stop();
    expect(await ended).toBe(0);
    const events = output.err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event);
    expect(events).toEqual(["node-listening", "node-closed"]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test("helps", async () => {
    const { output } = await run("--help");
    expect(await ended).toBe(0);
    expect(output.out).toContain("--nats URL");
  });

  test("says what is wrong", async () => {
    const { output } = await run("--port", "x");
    expect(await ended).toBe(1);
    expect(output.err).toContain("--port: expected a whole number");
  });
});

test("--nats without its package is refused with the name of the package to install", async () => {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const data = temporaryFolder().path;
  const args = ["--nats", "nats://127.0.0.1:4222", "--data", data];
  const child = spawn(process.execPath, [main, ...args], {
    // pnpm's launchers put the workspace's own packages there.
    env: { ...process.env, NODE_PATH: "" },
  });
  const exited = once(child, "exit");
  expect(await text(child.stderr)).toBe(
    "xmtp-node: [missing-package] --nats needs another package: npm install @history-sync/xmtp-node-nats\n",
  );
  expect(await exited).toEqual([1, null]);
});
