import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { defaultMaxBytes } from "@history-sync/history-client/contract";
import { HistoryServerError } from "../../errors.js";
import { totalSpace } from "../../guard/space.js";
import { minSecretBytes, mintUploadToken } from "../../guard/upload-token.js";
import { serve } from "../serve.js";
import { flagHelp, readSettings, type Settings } from "./settings.js";
import { storesFor } from "./stores.js";
import { duration, wholeNumber } from "./values.js";

/** What the command stands in: Node's `process` is one. */
export interface CommandSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  once(signal: "SIGTERM" | "SIGINT", stop: () => void): unknown;
}

export const helpText: string = `Usage: history-server [options]
       history-server token --secret FILE [--max-bytes N] [--ttl TIME]

Runs a history server, or makes an upload token for one that asks for them.

${flagHelp()}  --help                    this text

Every option can be an environment variable: --max-bytes is HISTORY_SERVER_MAX_BYTES.
The credentials of --s3 are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
`;

/**
 * The whole command. Resolves when the server has ended, on SIGTERM or SIGINT; rejects with an error whose message is for the
 * user.
 */
export async function runHistoryServer(
  args: readonly string[],
  surroundings: CommandSurroundings,
): Promise<void> {
  const { env, stdout } = surroundings;
  if (args.includes("--help")) {
    stdout.write(helpText);
  } else if (args[0] === "token") {
    stdout.write(`${await mintedToken(args.slice(1))}\n`);
  } else {
    await serveUntilStopped(readSettings(args, env), surroundings);
  }
}

async function serveUntilStopped(
  settings: Settings,
  surroundings: CommandSurroundings,
): Promise<void> {
  const { stdout, stderr } = surroundings;
  const { tlsCertFile, tlsKeyFile, tokenSecretFile } = settings;
  const server = await serve({
    ...settings,
    ...(await storesFor(settings)),
    space: totalSpace(settings.maxTotalBytes),
    tls:
      tlsCertFile && tlsKeyFile
        ? {
            cert: await readFile(tlsCertFile, "utf8"),
            key: await readFile(tlsKeyFile, "utf8"),
          }
        : undefined,
    uploadTokenSecret: tokenSecretFile
      ? await secretIn(tokenSecretFile)
      : undefined,
    log: (event, fields) => {
      const line = { time: new Date().toISOString(), event, ...fields };
      stderr.write(`${JSON.stringify(line)}\n`);
    },
  });
  stdout.write(`history server at ${server.url}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      surroundings.once(signal, resolve);
    }
  });
  await server.close();
}

async function mintedToken(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      secret: { type: "string", default: "" },
      "max-bytes": { type: "string", default: `${defaultMaxBytes}` },
      ttl: { type: "string", default: "1d" },
    },
  });
  const maxBytes = wholeNumber("--max-bytes", values["max-bytes"], 1, 2 ** 50);
  const expiresAtMs = Date.now() + duration("--ttl", values.ttl);
  const secret = await secretIn(values.secret);
  return await mintUploadToken(secret, { maxBytes, expiresAtMs });
}

async function secretIn(file: string): Promise<Uint8Array> {
  if (file === "") {
    throw new HistoryServerError(
      "invalid-setting",
      "--secret: expected a file",
    );
  }
  const secret = new Uint8Array(await readFile(file));
  if (secret.length < minSecretBytes) {
    throw new HistoryServerError(
      "invalid-setting",
      `expected a secret of ${minSecretBytes} bytes or more, got ${secret.length}`,
    );
  }
  return secret;
}
