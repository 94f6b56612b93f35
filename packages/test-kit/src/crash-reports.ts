import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How a Node.js process ended that nothing else would have noticed. */
export interface CrashReport {
  readonly command: readonly string[];
  readonly origin: "uncaughtException" | "unhandledRejection";
  /** The error's stack. */
  readonly error: string;
}

/** The two variables that make a process report its crash. */
const variables = ["NODE_OPTIONS", "CRASH_REPORTS_FOLDER"] as const;
type Variable = (typeof variables)[number];

const reporter = fileURLToPath(
  new URL("../report-crashes.cjs", import.meta.url),
);

/**
 * Makes every Node.js process that this one starts from now on, and those that they start, leave a report of an uncaught
 * exception or an unhandled rejection.
 */
export function startCrashReports(): void {
  const { env } = process;
  const require = `--require=${JSON.stringify(reporter)}`;
  env.NODE_OPTIONS = `${env.NODE_OPTIONS ?? ""} ${require}`.trim();
  env.CRASH_REPORTS_FOLDER = mkdtempSync(join(tmpdir(), "crash-reports-"));
}

/** Returns the crashes since the last call, and forgets them. */
export function takeCrashReports(): readonly CrashReport[] {
  const folder = process.env.CRASH_REPORTS_FOLDER;
  if (folder === undefined) throw new TypeError("expected started reports");
  return readdirSync(folder).map((name) => {
    const file = join(folder, name);
    const report: CrashReport = JSON.parse(readFileSync(file, "utf8"));
    rmSync(file);
    return report;
  });
}

/** Removes the folder of the reports. */
export function endCrashReports(): void {
  const folder = process.env.CRASH_REPORTS_FOLDER;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

/**
 * Returns what a process needs in its environment to report a crash. A test that passes an environment of its own to
 * a process adds it.
 */
export function crashReportEnvironment(): Readonly<
  Partial<Record<Variable, string>>
> {
  return Object.fromEntries(
    variables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
