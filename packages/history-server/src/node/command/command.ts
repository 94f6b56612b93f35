import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { defaultMaxBytes } from "@history-sync/history-client/contract";
import {
  type CommandProcess,
  jsonLines,
  parseDuration,
  parseWholeNumber,
  readTlsFiles,
  untilStopped,
  versionOf,
} from "@history-sync/server-kit/node";
import { HistoryServerError } from "../../errors.js";
import { totalSpace } from "../../guard/space.js";
import { minSecretBytes, mintUploadToken } from "../../guard/upload-token.js";
import { serve } from "../serve.js";
import { flagHelp, prefix, readSettings, type Settings } from "./settings.js";
import { storesFor } from "./stores.js";

export const helpText: string = `Usage: history-server [options]
       history-server token --secret FILE [--max-bytes N] [--ttl TIME]

Runs a history server, or makes an upload token for one that asks for them.

${flagHelp}
Every option can be an environment variable: --max-bytes is ${prefix}_MAX_BYTES.
The credentials of --s3 are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
`;

/**
 * Runs the command. Resolves when the server has ended, on SIGTERM or SIGINT. Rejects with an error and a message for
 * the user.
 */
export async function runHistoryServer(
  args: readonly string[],
  process: CommandProcess,
): Promise<void> {
  if (args[0] === "token") {
    process.stdout.write(`${await mintedToken(args.slice(1))}\n`);
    return;
  }
  const settings = readSettings(args, process.env);
  if (settings === "help") process.stdout.write(helpText);
  else if (settings === "version") {
    const manifest = new URL("../../../package.json", import.meta.url);
    process.stdout.write(`${await versionOf(manifest)}\n`);
  } else await serveUntilStopped(settings, process);
}

async function serveUntilStopped(
  settings: Settings,
  process: CommandProcess,
): Promise<void> {
  const { tlsCertFile, tlsKeyFile, tokenSecretFile } = settings;
  const server = await serve({
    ...settings,
    ...(await storesFor(settings)),
    space: totalSpace(settings.maxTotalBytes),
    tls:
      tlsCertFile && tlsKeyFile
        ? await readTlsFiles(tlsCertFile, tlsKeyFile)
        : undefined,
    uploadTokenSecret: tokenSecretFile
      ? await secretIn(tokenSecretFile)
      : undefined,
    log: jsonLines(process),
  });
  process.stdout.write(`history server at ${server.url}\n`);
  await untilStopped(process);
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
  const maxBytes = parseWholeNumber(
    "--max-bytes",
    values["max-bytes"],
    1,
    2 ** 50,
  );
  const expiresAtMs = Date.now() + parseDuration("--ttl", values.ttl);
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
