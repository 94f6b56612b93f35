import { cp, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { deployFolder, expectBlob, run, start, upload } from "./tools.ts";

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Healthcheck: { readonly Test: readonly string[] };
}

type Buildah = (...args: readonly string[]) => Promise<string>;

const image = "localhost/history-server";
const noDaemon = ["--isolation", "chroot"];

/**
 * Builds the unchanged Dockerfile with buildah, which needs no daemon, and runs the image: its user, its environment, its
 * entry point, its health check. No registry of images is asked: the base is made of Debian's
 * packages, this Node and npm, and the user `node`.
 */
export async function buildAndRunImage(
  tarballs: readonly string[],
  folder: string,
): Promise<string> {
  const storage = [
    ...["--root", join(folder, "images"), "--runroot", join(folder, "run")],
    ...["--storage-driver", "vfs"],
  ];
  const buildah: Buildah = (...args) => run("buildah", [...storage, ...args]);
  const dockerfile = join(deployFolder, "Dockerfile");
  const text = await readFile(dockerfile, "utf8");
  await makeBase(/^FROM (\S+)$/m.exec(text)?.[1] ?? "", folder, buildah);

  const packed = tarballs.map((path) => `/packed/${basename(path)}`).join(" ");
  await buildah(
    ...["bud", ...noDaemon, "--pull-never", "--format", "docker"],
    ...["--volume", `${dirname(tarballs[0] ?? "")}:/packed:ro`],
    ...["--build-arg", `PACKAGE=${packed}`, "--tag", image],
    ...["--file", dockerfile, deployFolder],
  );
  const described = await buildah("inspect", "--type", "image", image);
  const config = JSON.parse(described).Docker.config as ImageConfig;
  const [, ...health] = config.Healthcheck.Test;

  const container = await buildah("from", "--pull-never", image);
  const inContainer = ["run", ...noDaemon, container, "--"];
  const running = await start("buildah", [
    ...storage,
    ...inContainer,
    ...config.Entrypoint,
  ]);
  try {
    await buildah(...inContainer, ...health);
    const path = await upload(running);
    await expectBlob(running, path);
  } finally {
    await running.stop();
  }
  return (
    `built; ${config.Entrypoint.join(" ")} as the user ${config.User} passed its health check, took a blob, and ended on SIGTERM; ` +
    "not tried: the base image itself, and the isolation of Docker's"
  );
}

async function makeBase(
  name: string,
  folder: string,
  buildah: Buildah,
): Promise<void> {
  const archive = join(folder, "debian.tar");
  await run("mmdebstrap", ["--variant=minbase", "bookworm", archive]);
  const container = await buildah("from", "scratch");
  await buildah("add", container, archive, "/");
  const node = await realpath(process.execPath);
  await buildah("copy", "--chmod", "755", container, node, "/usr/bin/node");
  const npm = dirname(dirname(await realpath(await run("which", ["npm"]))));
  const copy = join(folder, "npm");
  await cp(npm, copy, { recursive: true, dereference: true });
  await buildah("copy", container, copy, "/usr/lib/node_modules/npm");
  const inBase = (command: string) =>
    buildah("run", ...noDaemon, container, "--", "sh", "-c", command);
  await inBase("ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm");
  await inBase("useradd --create-home node");
  // npm trusts the same certificates in there as here.
  const { SSL_CERT_FILE: trusted = "/etc/ssl/certs/ca-certificates.crt" } =
    process.env;
  await buildah("copy", container, trusted, "/etc/npm-ca.pem");
  await inBase("npm config set --global cafile /etc/npm-ca.pem");
  await buildah("commit", container, `docker.io/library/${name}`);
  await buildah("rm", container);
}
