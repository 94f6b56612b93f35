import { readFile } from "node:fs/promises";
import type { Logger } from "@history-sync/primitives";

/** The parts of a process that a command uses: Node.js' `process` has them. */
export interface CommandProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  once(signal: "SIGTERM" | "SIGINT", stop: () => void): unknown;
}

/** Resolves on SIGTERM or SIGINT. */
export function untilStopped(
  process: Pick<CommandProcess, "once">,
): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => resolve());
    }
  });
}

/** Returns a logger that writes each event as a line of JSON to stderr. */
export function jsonLines({ stderr }: Pick<CommandProcess, "stderr">): Logger {
  return (event, fields) => {
    const time = new Date().toISOString();
    const line = JSON.stringify({ time, event, ...fields }, (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    stderr.write(`${line}\n`);
  };
}

/** Returns the version in a package's `package.json`. */
export async function versionOf(manifest: URL): Promise<string> {
  const { version } = JSON.parse(await readFile(manifest, "utf8"));
  return `${version}`;
}

/** A certificate chain and its private key, in PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Reads the files of a server's TLS settings. */
export async function readTlsFiles(
  certFile: string,
  keyFile: string,
): Promise<TlsFiles> {
  const [cert, key] = await Promise.all([
    readFile(certFile, "utf8"),
    readFile(keyFile, "utf8"),
  ]);
  return { cert, key };
}
