import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { deployFolder, expectBlob, run, start, upload } from "./tools.ts";

const unit = join(deployFolder, "history-server.service");

export async function verifyUnit(): Promise<string> {
  const said = await run("systemd-analyze", ["verify", unit]);
  if (said !== "") throw new RangeError(said);
  const all = await run("systemd-analyze", ["security", "--offline=1", unit]);
  return `verified; ${all.split("\n").at(-1)?.replace(/^\W+/, "")}`;
}

/**
 * Its unchanged ExecStart, installed by npm from the packed packages, with what bubblewrap can do of its sandbox: another
 * user without capabilities, everything read-only but the state directory, no homes, no devices, its own /tmp.
 */
export async function runUnit(
  tarballs: readonly string[],
  folder: string,
): Promise<string> {
  const prefix = join(folder, "prefix");
  const state = join(folder, "state");
  await mkdir(state);
  const install = ["install", "--global", "--prefix", prefix, ...tarballs];
  await run("npm", install);
  const lines = (await readFile(unit, "utf8")).split("\n");
  const valuesOf = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}=`))
      .map((line) => line.slice(name.length + 1));
  const command = valuesOf("ExecStart")[0]?.split(" ") ?? [];
  const environment = valuesOf("Environment").flatMap((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return ["--setenv", name, value];
  });
  process.umask(Number.parseInt(valuesOf("UMask")[0] ?? "", 8));
  const sandbox = [
    ...["--ro-bind", "/", "/", "--ro-bind", prefix, "/usr/local"],
    ...["--tmpfs", "/var/lib", "--bind", state],
    `/var/lib/${valuesOf("StateDirectory")[0]}`,
    ...["--tmpfs", "/home", "--tmpfs", "/root"],
    ...["--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--dev", "/dev"],
    ...["--unshare-user", "--uid", "61184", "--gid", "61184"],
    ...["--cap-drop", "ALL", "--clearenv", ...environment],
    ...["--setenv", "HISTORY_SERVER_PORT", "0"],
    // systemd's own.
    ...[
      "--setenv",
      "PATH",
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
    ],
  ];
  const started = () => start("bwrap", [...sandbox, ...command]);
  const first = await started();
  const path = await upload(first);
  await expectBlob(first, path);
  await first.stop();
  const again = await started();
  await expectBlob(again, path);
  await again.stop();
  const blobs = join(state, "blobs");
  for (const name of await readdir(blobs)) {
    const { mode } = await stat(join(blobs, name));
    if ((mode & 0o077) !== 0) throw new RangeError("others can read blobs");
  }
  return (
    `${command.join(" ")} took a blob, ended on SIGTERM, and had it again; ` +
    "not tried: the seccomp rules (address families, namespaces, personality)"
  );
}
