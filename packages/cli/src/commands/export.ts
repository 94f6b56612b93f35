import { create, toJsonString } from "@bufbuild/protobuf";
import { BackupElementSchema } from "@history-sync/proto/device-sync";
import {
  ArchiveFile,
  archiveOptions,
  archiveOptionsHelp,
} from "../archive-file.js";
import type { Command } from "../command.js";
import { archiveKey, readKey } from "../keys.js";
import { readArguments } from "../read-arguments.js";
import { writeText } from "../write-text.js";

// A write costs more than a line; a reader of the first lines still gets them soon.
const batchCharacters = 65_536;

export const exportElements: Command = {
  name: "export",
  summary: "print every element of an archive, a line of proto3 JSON each",
  usage: `FILE --key HEX

${archiveOptionsHelp}
Prints an archive's elements in its order, metadata first: texts, keys and all. Of a
damaged archive it prints what comes before the damage.
`,
  async run(args, io) {
    const { values, positionals } = readArguments(
      args,
      ["FILE"],
      archiveOptions,
    );
    await using file = await ArchiveFile.open(
      positionals[0],
      {
        key: await readKey(archiveKey, values, io.env),
        allowRepeatedNonce: values["allow-repeated-nonce"],
        progress: io.stdout.isTTY ? undefined : "exporting",
      },
      io,
    );
    let lines = "";
    try {
      for await (const element of file.elements()) {
        lines += `${toJsonString(BackupElementSchema, create(BackupElementSchema, { element }))}\n`;
        if (lines.length < batchCharacters) continue;
        const batch = lines;
        lines = "";
        await writeText(io, batch);
      }
    } finally {
      if (lines !== "") await writeText(io, lines);
    }
    return 0;
  },
};
