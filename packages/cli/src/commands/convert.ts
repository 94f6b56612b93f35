import {
  type ArchiveFormat,
  sealArchive,
} from "@history-sync/encryption-codec";
import { wipe } from "@history-sync/primitives";
import {
  ArchiveFile,
  archiveOptions,
  archiveOptionsHelp,
} from "../archive-file.js";
import type { Command } from "../command.js";
import { CliError } from "../errors.js";
import {
  archiveKey,
  newArchiveKey,
  readKey,
  readOptionalKey,
} from "../keys.js";
import { writeNewFile } from "../new-file.js";
import { readArguments } from "../read-arguments.js";

// libxmtp reads the first one only.
export const archiveFormats: readonly ArchiveFormat[] = ["xmtp-v0", "paged-v1"];

export const convert: Command = {
  name: "convert",
  summary: "write an archive again, in another format or under another key",
  usage: `IN OUT --key HEX --to ${archiveFormats.join("|")} [--out-key HEX] [--force]

${archiveOptionsHelp}  --to FORMAT              the new archive's format
  --out-key HEX            its key, by default the same; also --out-key-file FILE,
                           or HISTORY_SYNC_OUT_KEY in the environment
  --force                  replace OUT if it is there

Every element stays as it is, in its order. OUT is written completely or not at all.
`,
  async run(args, io) {
    const options = { ...archiveOptions, ...convertOptions };
    const { values, positionals } = readArguments(args, ["IN", "OUT"], options);
    const [from, to] = positionals;
    const { env, signal } = io;
    const format = readFormat("--to", values.to);
    const key = await readKey(archiveKey, values, env);
    const outKey =
      (await readOptionalKey(newArchiveKey, values, env)) ?? key.slice();
    await using file = await ArchiveFile.open(
      from,
      {
        key,
        allowRepeatedNonce: values["allow-repeated-nonce"],
        progress: "converting",
      },
      io,
    );
    try {
      const seal = () =>
        sealArchive(elementFrames(file), { key: outKey, format });
      await writeNewFile(to, seal, { force: values.force, signal });
    } finally {
      wipe(outKey);
    }
    return 0;
  },
};

const convertOptions = {
  to: { type: "string" },
  "out-key": { type: "string" },
  "out-key-file": { type: "string" },
  force: { type: "boolean", default: false },
} as const;

/** @throws {CliError} `usage` */
function readFormat(option: string, text: string | undefined): ArchiveFormat {
  const format = archiveFormats.find((known) => known === text);
  if (format) return format;
  throw new CliError(
    "usage",
    `${option}: expected ${archiveFormats.join(" or ")}`,
  );
}

/** Yields the frames without empty ones, which contain no element. */
async function* elementFrames(
  file: ArchiveFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const frame of file.frames()) {
    if (frame.length > 0) yield frame;
  }
}
