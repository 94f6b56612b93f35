import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../src/folders.js";
import {
  moduleCommand,
  nodeCommand,
  runProcess,
  startProcess,
  startServer,
} from "../src/processes.js";

const forever = "setInterval(() => {}, 1_000);";
const ready = /^ready (\d+)$/;

test.each(["stdout", "stderr"] as const)(
  "startProcess waits for the line at %s by which a process is ready",
  async (output) => {
    const code = `process.${output}.write("not yet\\nready " + process.argv[1] + "\\n"); ${forever}`;
    const started = await startProcess(moduleCommand(code, "7"), {
      ready,
      output,
    });
    expect(started.ready[1]).toBe("7");
    expect(started.printed).toEqual(["not yet"]);
    expect(await started.stop()).toEqual({ code: null, signal: "SIGTERM" });
    expect(await started.exit).toEqual({ code: null, signal: "SIGTERM" });
  },
);

test("startProcess goes on reading, so that no full pipe blocks the process", async () => {
  const code = `console.log("ready 1");
    const write = (stream) => new Promise((done) => stream.write("x".repeat(1_000_000), done));
    await write(process.stdout);
    await write(process.stderr);`;
  const { exit } = await startProcess(moduleCommand(code), { ready });
  expect(await exit).toEqual({ code: 0, signal: null });
});

test("startProcess refuses a process that ends before it is ready, with what it printed", async () => {
  const code = 'console.log("no port"); process.exitCode = 3;';
  await expect(startProcess(moduleCommand(code), { ready })).rejects.toThrow(
    "got 3 after: no port",
  );
  const missing = { program: "/nowhere/at-all", args: [] };
  await expect(startProcess(missing, { ready })).rejects.toThrow("ENOENT");
});

test("startServer returns the URL and the port that the process prints", async () => {
  const file = temporaryFolder().file("server.mjs");
  const listen = "(await import('node:http')).createServer().listen(0, done)";
  writeFileSync(
    file,
    `const server = ${listen};
    function done() {
      console.log("listening at http://127.0.0.1:" + server.address().port);
    }`,
  );
  const { url, port, stop } = await startServer(nodeCommand(file));
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(port).toBeGreaterThan(0);
  await stop("SIGKILL");
});

test.each([
  ["process.exitCode = 4;", { code: 4, signal: null }],
  ["process.kill(process.pid, 'SIGKILL');", { code: null, signal: "SIGKILL" }],
])(
  "runProcess returns how a process ended, and what it printed: %s",
  async (end, exit) => {
    const code = `import { writeSync } from "node:fs";
    writeSync(1, process.env.WORD + " in " + process.cwd());
    writeSync(2, "err");
    ${end}`;
    const { path: cwd } = temporaryFolder();
    const command = { ...moduleCommand(code), env: { WORD: "out" }, cwd };
    expect(await runProcess(command)).toEqual({
      ...exit,
      stdout: `out in ${cwd}`,
      stderr: "err",
    });
  },
);
