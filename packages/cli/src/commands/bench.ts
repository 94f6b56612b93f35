import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FormatResult,
  measureSize,
  nodeFlags,
  phasesOfSize,
  type SizeResult,
} from "../bench/measure-size.js";
import type { Command, CommandIo } from "../command.js";
import { CliError } from "../errors.js";
import { ProgressBar } from "../progress-bar.js";
import { readArguments } from "../read-arguments.js";
import { count, table } from "../table.js";
import { writeJson, writeText } from "../write-text.js";

// A few seconds each, and large enough that fixed costs don't count in the last.
const defaultSizes = "1000,10000,100000";

/** The output of `bench --json`. */
interface BenchReport {
  readonly node: string;
  /** The flags of every phase's process. */
  readonly nodeFlags: readonly string[];
  readonly cpu: string;
  readonly results: readonly SizeResult[];
}

export const bench: Command = {
  name: "bench",
  summary: "measure export, seal, open and merge, in every format",
  usage: `[--messages N[,N...]] [--json]

  --messages N[,N...]      sizes of history (${defaultSizes})
  --json                   print one JSON object

Creates a history of chat-like messages in 50 conversations, exports and seals it from
one SQLite store to a file, opens and merges that into another store. Every phase has
a process of its own, whose peak memory is printed.
`,
  async run(args, io) {
    // pnpm passes on the "--" that npm needs.
    const { values } = readArguments(
      args.filter((arg) => arg !== "--"),
      [],
      benchOptions,
    );
    const results = await measure(readSizes(values.messages), io);
    const report: BenchReport = {
      node: process.version,
      nodeFlags,
      cpu: cpus()[0]?.model ?? "unknown",
      results,
    };
    await (values.json
      ? writeJson(io, report)
      : writeText(io, describeBench(results)));
    return 0;
  },
};

const benchOptions = {
  messages: { type: "string", default: defaultSizes },
  json: { type: "boolean", default: false },
} as const;

function readSizes(text: string): readonly number[] {
  const sizes = text.split(",");
  if (sizes.every((size) => /^[1-9]\d{0,7}$/.test(size))) {
    return sizes.map(Number);
  }
  throw new CliError(
    "usage",
    "--messages: expected whole numbers from 1 to 99999999, with commas between them",
  );
}

async function measure(
  sizes: readonly number[],
  { stderr, signal }: CommandIo,
): Promise<readonly SizeResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-bench-"));
  using bar = new ProgressBar(stderr, "measuring");
  const results: SizeResult[] = [];
  let phases = 0;
  const onPhase = () => bar.update(++phases, sizes.length * phasesOfSize);
  try {
    for (const messages of sizes) {
      results.push(await measureSize({ messages, folder, onPhase, signal }));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

const head = [
  "messages",
  "format",
  "bytes",
  "out s",
  "µs each",
  "peak MB",
  "in s",
  "µs each",
  "peak MB",
];

/** Formats the results as a table, a line for each size and format. */
function describeBench(results: readonly SizeResult[]): string {
  const rows = results.flatMap(({ messages, formats }) =>
    Object.entries(formats).map(([format, result]) => [
      count(messages),
      format,
      ...figures(result),
    ]),
  );
  return table([head, ...rows]);
}

function figures(result: FormatResult): string[] {
  const phases = [result.exportAndSeal, result.openAndMerge];
  return [
    count(result.archiveBytes),
    ...phases.flatMap(({ seconds, microsecondsAMessage, peakRssMB }) => [
      seconds.toFixed(3),
      microsecondsAMessage.toFixed(1),
      count(peakRssMB),
    ]),
  ];
}
