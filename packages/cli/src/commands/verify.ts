import { type ValidationReport, validateArchive } from "@history-sync/archive";
import { HistorySyncError } from "@history-sync/primitives";
import {
  ArchiveFile,
  archiveOptions,
  archiveOptionsHelp,
} from "../archive-file.js";
import type { Command } from "../command.js";
import { CliError, messageOf } from "../errors.js";
import { archiveKey, readKey } from "../keys.js";
import { readArguments } from "../read-arguments.js";
import { count } from "../table.js";
import { writeJson, writeText } from "../write-text.js";

export const verify: Command = {
  name: "verify",
  summary: "open and check all of an archive: 0 if it is whole, 1 if not",
  usage: `FILE --key HEX [--json]

${archiveOptionsHelp}  --json                   print one JSON object, of a damaged archive too
`,
  async run(args, io) {
    const options = { ...archiveOptions, ...verifyOptions };
    const { values, positionals } = readArguments(args, ["FILE"], options);
    await using file = await ArchiveFile.open(
      positionals[0],
      {
        key: await readKey(archiveKey, values, io.env),
        allowRepeatedNonce: values["allow-repeated-nonce"],
        progress: "verifying",
      },
      io,
    );
    const verdict = await judge(file);
    if (values.json) {
      await writeJson(io, verdict);
    } else if (verdict.whole) {
      await writeText(io, describe(verdict));
    } else {
      const { code, message } = verdict;
      io.stderr.write(`history-sync: [${code}] ${message}\n`);
    }
    return verdict.whole ? 0 : 1;
  },
};

const verifyOptions = { json: { type: "boolean", default: false } } as const;

/** The output of `verify --json`. */
type Verdict =
  | ({ readonly whole: true } & Checked)
  | ({ readonly whole: false } & Damage & Partial<Checked>);

interface Damage {
  readonly code: string;
  readonly message: string;
}

interface Checked {
  readonly format: ArchiveFile["format"] | null;
  readonly bytes: number;
  readonly frames: number;
  /** True if the archive has a manifest. A truncated xmtp-v0 archive without one can look intact. */
  readonly manifest: boolean;
  /** The first hundred rows that an import would skip or report. */
  readonly problems: ValidationReport["problems"];
  readonly problemCount: number;
}

// Not damage: libxmtp leaves conversations out that are older than the window of an export.
const harmless: ReadonlySet<string> = new Set([
  "bad-row",
  "unknown-conversation",
  "too-many",
]);

async function judge(file: ArchiveFile): Promise<Verdict> {
  try {
    const report = await validateArchive(file.frames());
    const { frames, problems, problemCount } = report;
    const checked = {
      format: file.format ?? null,
      bytes: file.bytes,
      frames,
      manifest: report.manifest !== undefined,
      problems,
      problemCount,
    };
    const damage = problems.find(({ code }) => !harmless.has(code));
    if (!damage) return { whole: true, ...checked };
    const { code, message } = damage;
    return { whole: false, code, message, ...checked };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const { code } = error;
    const message = messageOf(error).replace(`[${code}] `, "");
    return { whole: false, code, message, format: file.format ?? null };
  }
}

function isDamage(error: unknown): error is HistorySyncError {
  return error instanceof HistorySyncError && !(error instanceof CliError);
}

function describe({
  format,
  frames,
  bytes,
  manifest,
  problems,
  problemCount,
}: Checked): string {
  const proof = manifest ? "as its manifest says" : "no manifest";
  const lines = [
    `whole: ${format}, ${count(frames)} frames, ${count(bytes)} bytes, ${proof}`,
    ...problems.map(({ code, message }) => `note: [${code}] ${message}`),
  ];
  const left = problemCount - problems.length;
  if (left > 0) lines.push(`note: ${count(left)} more`);
  return `${lines.join("\n")}\n`;
}
