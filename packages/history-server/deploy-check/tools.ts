import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
export const deployFolder: string = join(here, "..", "deploy");
const exec = promisify(execFile);
/** Longer than any step takes, so that none waits for ever. */
const timeoutMs = 600_000;

/** Returns a program's output. Rejects with its error output. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string = here,
): Promise<string> {
  const options = { cwd, maxBuffer: 64 * 1024 ** 2, timeout: timeoutMs };
  const { stdout, stderr } = await exec(program, args, options);
  return `${stdout}${stderr}`.trim();
}

/** The package and what it needs of this workspace, as npm would publish them. */
export async function packages(folder: string): Promise<readonly string[]> {
  for (const name of [
    "primitives",
    "history-client",
    "server-kit",
    "history-server",
  ]) {
    const from = join(here, "..", "..", name);
    await run("pnpm", ["pack", "--pack-destination", folder], from);
  }
  const names = await readdir(folder);
  return names.filter((n) => n.endsWith(".tgz")).map((n) => join(folder, n));
}

export interface Running {
  readonly url: string;
  /** Sends SIGTERM, and rejects unless it ends well. */
  stop(): Promise<void>;
}

/** Starts a program that runs the server below it, and waits for the line with its address. */
export async function start(
  program: string,
  args: readonly string[],
): Promise<Running> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let printed = "";
  let told = "";
  child.stderr.on("data", (text) => {
    told += text;
  });
  child.stdout.on("data", (text) => {
    printed += text;
  });
  const address = () => /http:\/\/\S+:(\d+)\n/.exec(printed)?.[1];
  while (address() === undefined) {
    const event = await Promise.race([once(child.stdout, "data"), exited]);
    if (typeof event[0] === "number") {
      throw new RangeError(`ended with ${event[0]}: ${told}`);
    }
  }
  return {
    url: `http://127.0.0.1:${address()}`,
    async stop() {
      const server = await lastBelow(child.pid ?? 0);
      process.kill(server, "SIGTERM");
      const [code, signal] = await exited;
      if (code !== 0) throw new RangeError(`ended with ${code ?? signal}`);
    },
  };
}

/** Returns the server's process: the last one below, since those above it forward no signal. */
async function lastBelow(pid: number): Promise<number> {
  const below = await run("pgrep", ["-P", `${pid}`]).catch(() => "");
  const [next] = below.split("\n").filter(Boolean).map(Number);
  return next === undefined ? pid : await lastBelow(next);
}

const archive = randomBytes(3_000_000);

/** Uploads a blob and gives its path. */
export async function upload({ url }: Running): Promise<string> {
  const answer = await fetch(`${url}/upload`, {
    method: "POST",
    body: archive,
  });
  if (!answer.ok) throw new RangeError(`upload: ${answer.status}`);
  return `/files/${await answer.text()}`;
}

export async function expectBlob(
  { url }: Running,
  path: string,
): Promise<void> {
  const answer = await fetch(url + path);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (Buffer.compare(bytes, archive) !== 0) {
    throw new RangeError(`download: ${answer.status}, ${bytes.length} bytes`);
  }
}
