import { execFile } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ArchiveFormat } from "@history-sync/encryption-codec";
import { CliError } from "../errors.js";
import type { Phase, PhaseOutput } from "./phases.js";

/** The results for one size of history. */
export interface SizeResult {
  readonly messages: number;
  readonly formats: Readonly<Record<ArchiveFormat, FormatResult>>;
  /** `paged-v1` divided by `xmtp-v0`: below 1 is better. */
  readonly ratios: Ratios;
}

export interface FormatResult {
  readonly archiveBytes: number;
  readonly exportAndSeal: PhaseResult;
  readonly openAndMerge: PhaseResult;
}

interface PhaseResult extends Omit<PhaseOutput, "messages"> {
  readonly microsecondsAMessage: number;
}

interface Ratios {
  readonly archiveBytes: number;
  readonly exportAndSeal: number;
  readonly openAndMerge: number;
}

export interface MeasureOptions {
  readonly messages: number;
  /** The folder for stores and archives. */
  readonly folder: string;
  /** Called after every phase. */
  readonly onPhase: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** The number of phases of one size, generating included. */
export const phasesOfSize = 5;

/** Generates a history, exports it from one SQLite store and imports it into another, once in each format. */
export async function measureSize(
  options: MeasureOptions,
): Promise<SizeResult> {
  const { messages, folder } = options;
  const from = join(folder, `from-${messages}.db`);
  await run("generate", from, { ...options, archive: "", format: "" });
  const formats = {
    "xmtp-v0": await measureFormat(from, "xmtp-v0", options),
    "paged-v1": await measureFormat(from, "paged-v1", options),
  };
  await rm(from);
  return { messages, formats, ratios: ratiosOf(formats) };
}

async function measureFormat(
  from: string,
  format: ArchiveFormat,
  options: MeasureOptions,
): Promise<FormatResult> {
  const { messages, folder } = options;
  const to = join(folder, `to-${messages}-${format}.db`);
  const archive = join(folder, `${messages}-${format}.archive`);
  const exportAndSeal = await run("out", from, { ...options, archive, format });
  const openAndMerge = await run("in", to, { ...options, archive, format });
  const { size: archiveBytes } = await stat(archive);
  await rm(to);
  await rm(archive);
  return { archiveBytes, exportAndSeal, openAndMerge };
}

const runFile = promisify(execFile);

// The young generation is limited to 8 MiB, so that the peak shows the memory needed, not what V8 uses when it is plentiful.
export const nodeFlags: readonly string[] = [
  "--no-warnings",
  "--max-semi-space-size=8",
];
const script = fileURLToPath(new URL("./measure.js", import.meta.url));

async function run(
  phase: Phase,
  store: string,
  options: MeasureOptions & {
    readonly archive: string;
    readonly format: string;
  },
): Promise<PhaseResult> {
  const { archive, format, signal } = options;
  const { stdout } = await runFile(
    process.execPath,
    [
      ...nodeFlags,
      script,
      phase,
      store,
      archive,
      format,
      `${options.messages}`,
    ],
    signal ? { signal } : {},
  ).catch((cause: { readonly stderr?: string }) => {
    signal?.throwIfAborted();
    throw new CliError(
      "bench-failed",
      `phase ${phase} of ${format || "all"}: ${cause.stderr}`,
      { cause },
    );
  });
  const { messages, ...measured } = JSON.parse(stdout) as PhaseOutput;
  if (messages !== options.messages) {
    throw new CliError(
      "bench-failed",
      `phase ${phase} of ${format}: expected ${options.messages} messages, got ${messages}`,
    );
  }
  options.onPhase();
  const microseconds = (measured.seconds * 1e6) / messages;
  return { ...measured, microsecondsAMessage: Number(microseconds.toFixed(1)) };
}

function ratiosOf({
  "paged-v1": ours,
  "xmtp-v0": base,
}: SizeResult["formats"]): Ratios {
  const { exportAndSeal, openAndMerge } = ours;
  return {
    archiveBytes: ratio(ours.archiveBytes, base.archiveBytes),
    exportAndSeal: ratio(exportAndSeal.seconds, base.exportAndSeal.seconds),
    openAndMerge: ratio(openAndMerge.seconds, base.openAndMerge.seconds),
  };
}

function ratio(a: number, b: number): number {
  return Number((a / b).toFixed(3));
}
