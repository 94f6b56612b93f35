import {
  ArchiveFile,
  archiveOptions,
  archiveOptionsHelp,
} from "../archive-file.js";
import type { Command } from "../command.js";
import { reportOn } from "../inspect/archive-report.js";
import { describe } from "../inspect/describe.js";
import { archiveKey, readKey } from "../keys.js";
import { readArguments } from "../read-arguments.js";
import { writeJson, writeText } from "../write-text.js";

export const inspect: Command = {
  name: "inspect",
  summary: "show what an archive holds: format, metadata, counts, times",
  usage: `FILE --key HEX [--json]

${archiveOptionsHelp}  --json                   print one JSON object, with nanoseconds as strings
`,
  async run(args, io) {
    const options = { ...archiveOptions, ...inspectOptions };
    const { values, positionals } = readArguments(args, ["FILE"], options);
    await using file = await ArchiveFile.open(
      positionals[0],
      {
        key: await readKey(archiveKey, values, io.env),
        allowRepeatedNonce: values["allow-repeated-nonce"],
        progress: "reading",
      },
      io,
    );
    const report = await reportOn(file);
    await (values.json
      ? writeJson(io, report)
      : writeText(io, describe(report)));
    return 0;
  },
};

const inspectOptions = { json: { type: "boolean", default: false } } as const;
