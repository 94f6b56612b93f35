import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { historyServerProcess } from "@history-sync/history-server/node";
import { ended, type ServerProcess } from "./processes.ts";

const nginx = "nginx";

export async function startHistoryServer(
  folder: string,
): Promise<ServerProcess> {
  const args = [
    ...historyServerProcess.nodeFlags,
    historyServerProcess.file,
    "--port",
    "0",
    "--data",
    join(folder, "ours"),
  ];
  const free = ["--requests-per-minute", "0", "--uploads-per-address", "0"];
  const child = spawn(process.execPath, [...args, ...free], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(child.stdout, "data");
  const port = Number(/:(\d+)\n/.exec(String(line))?.[1]);
  return {
    port,
    pids: [child.pid ?? 0],
    upload: () => ({
      method: "POST",
      path: "/upload",
      blobPath: (id) => `/files/${id}`,
    }),
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
}

/** Debian's nginx with one worker: WebDAV's PUT, and static files. */
export async function startNginx(folder: string): Promise<ServerProcess> {
  const root = join(folder, "nginx");
  mkdirSync(join(root, "files"), { recursive: true });
  mkdirSync(join(root, "tmp"));
  for (const path of [folder, root, join(root, "files"), join(root, "tmp")]) {
    chmodSync(path, 0o777);
  }
  const port = await freePort();
  const config = join(root, "nginx.conf");
  writeFileSync(config, nginxConfig(root, port));
  const child = spawn(nginx, ["-c", config], { stdio: "ignore" });
  await Promise.race([
    answers(port),
    once(child, "error").then(([error]) => Promise.reject(error)),
  ]);
  let count = 0;
  const master = Number(readFileSync(join(root, "pid"), "utf8"));
  return {
    port,
    pids: [master, ...childrenOf(master)],
    upload() {
      const path = `/files/blob-${count++}`;
      return {
        method: "PUT",
        path,
        blobPath: () => path,
        unsynced: root + path,
      };
    },
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
}

function nginxConfig(root: string, port: number): string {
  return `daemon off;
worker_processes 1;
pid ${root}/pid;
error_log ${root}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  client_max_body_size 2g;
  client_body_temp_path ${root}/tmp;
  server {
    listen 127.0.0.1:${port};
    root ${root};
    location /files/ { dav_methods PUT; }
  }
}
`;
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync("ps", ["--ppid", `${pid}`, "-o", "pid="]);
  return String(listed).trim().split(/\s+/).map(Number);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const there = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new RangeError("nginx did not start");
}
