import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { TemporaryFolder } from "@history-sync/test-kit/folders";

/** A real S3-compatible server on this machine: OpenStack Swift with its s3api, from Debian's packages. */
export interface ObjectStore {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  stop(): Promise<void>;
}

export const objectStorePackages =
  "swift-proxy swift-account swift-container swift-object memcached";

const ringBuilder = "swift-ring-builder";
const kinds = ["account", "container", "object"] as const;

export function isObjectStoreInstalled(): boolean {
  return [...kinds, "proxy"].every((kind) => isProgram(`swift-${kind}-server`));
}

/** Starts it on free ports with all its files in a fresh folder. */
export async function startObjectStore(): Promise<ObjectStore> {
  const temporary = new TemporaryFolder();
  const { path: folder } = temporary;
  const [proxy, cache, ...backends] = await freePorts(2 + kinds.length);
  for (const name of ["etc", "srv/d1", "run"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  const etc = join(folder, "etc");
  await writeFile(join(etc, "swift.conf"), swiftConf);
  for (const [i, kind] of kinds.entries()) {
    const port = backends[i] ?? 0;
    await writeFile(
      join(etc, `${kind}-server.conf`),
      backendConf(folder, kind, port),
    );
  }
  const rings = kinds.map((kind, i) => buildRing(etc, kind, backends[i] ?? 0));
  await Promise.all(rings);
  const conf = proxyConf(folder, proxy ?? 0, cache ?? 0);
  await writeFile(join(etc, "proxy-server.conf"), conf);

  const start = (program: string, ...args: string[]) =>
    spawn(program, args, { stdio: "ignore" });
  const children = [
    start("memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", `${cache}`),
    ...[...kinds, "proxy"].map((kind) =>
      start(`swift-${kind}-server`, join(etc, `${kind}-server.conf`)),
    ),
  ];
  const endpoint = `http://127.0.0.1:${proxy}`;
  // The proxy gives up for a minute on one that it can't reach, so that all of them have to answer first.
  for (const port of backends) await untilAnswered(`http://127.0.0.1:${port}/`);
  await untilAnswered(`${endpoint}/healthcheck`);
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test:tester", secretAccessKey: "testing" },
    async stop() {
      for (const child of children) {
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
      await temporary[Symbol.asyncDispose]();
    },
  };
}

const swiftConf = `[swift-hash]
swift_hash_path_prefix = a
swift_hash_path_suffix = b
[storage-policy:0]
name = only
default = yes
`;

function backendConf(folder: string, kind: string, port: number): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}/etc
devices = ${folder}/srv
mount_check = false
log_level = ERROR
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
recon_cache_path = ${folder}/run
`;
}

function proxyConf(folder: string, port: number, cachePort: number): string {
  const filters = [
    "catch_errors",
    "healthcheck",
    "cache",
    "listing_formats",
    "bulk",
    "s3api",
    "tempauth",
    "copy",
    "slo",
    "dlo",
    "versioned_writes",
    "symlink",
  ];
  const settings: Record<string, string> = {
    cache: `memcache_servers = 127.0.0.1:${cachePort}`,
    s3api: "location = us-east-1\nauth_pipeline_check = false",
    tempauth: "user_test_tester = testing .admin",
    versioned_writes: "allow_object_versioning = true",
  };
  const sections = filters.map((name) => {
    const egg = name === "cache" ? "memcache" : name;
    return `[filter:${name}]\nuse = egg:swift#${egg}\n${settings[name] ?? ""}\n`;
  });
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}/etc
log_level = ERROR
[pipeline:main]
pipeline = ${filters.join(" ")} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 30
node_timeout = 60
recoverable_node_timeout = 60
${sections.join("")}`;
}

/** A ring of one device: one copy of everything. */
async function buildRing(
  etc: string,
  kind: string,
  port: number,
): Promise<void> {
  const place = `--region 1 --zone 1 --ip 127.0.0.1 --port ${port}`;
  for (const args of [
    "create 4 1 0",
    `add ${place} --device d1 --weight 1`,
    "rebalance",
  ]) {
    const all = [`${kind}.builder`, ...args.split(" ")];
    const child = spawn(ringBuilder, all, {
      cwd: etc,
      stdio: "ignore",
    });
    await once(child, "exit");
  }
}

async function untilAnswered(url: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new RangeError("the object store did not start");
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () =>
    createServer().listen(0, "127.0.0.1"),
  );
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address) ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}

function isProgram(name: string): boolean {
  return ["/usr/bin", "/usr/sbin", "/usr/local/bin"].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
