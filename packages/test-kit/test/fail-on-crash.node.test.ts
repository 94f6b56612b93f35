import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { crashReportEnvironment, takeCrashReports } from "../src/index.js";

const suite = fileURLToPath(new URL("../failing-suite", import.meta.url));
const vitest = fileURLToPath(
  new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url),
);

const resultsFile = `${suite}/.vitest/results.json`;

interface Results {
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Ran {
  readonly code: unknown;
  readonly output: string;
  readonly results: Results;
}

/** Runs files of the suite of crashes with the configuration of all packages. */
function runSuite(file: string): Promise<Ran> {
  const args = [vitest, "run", "--project=node", file];
  // Its own crashes are not those of this test.
  const { NODE_OPTIONS, CRASH_REPORTS_FOLDER, ...env } = process.env;
  const options = { cwd: suite, env };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({
        code: error?.code ?? 0,
        output: stdout + stderr,
        results: JSON.parse(readFileSync(resultsFile, "utf8")),
      }),
    );
  });
}

test("A test fails when a process that it started crashes", async () => {
  const { code, results } = await runSuite("crashes");
  expect(code).toBe(1);
  const failures = results.testResults[0]?.assertionResults.map(
    ({ failureMessages }) =>
      /got (\w+) in .*Error: (\w+ in .*? child)\n/s
        .exec(failureMessages.join())
        ?.slice(1),
  );
  expect(failures).toEqual([
    ["unhandledRejection", "rejected in a child"],
    ["uncaughtException", "thrown in a child"],
    ["uncaughtException", "thrown in a second child"],
    undefined,
  ]);
});

test.each([
  ["rejection", "rejected in the test's own process"],
  ["exception", "thrown in the test's own process"],
])(
  "A run whose tests all pass fails for an unhandled %s in its own process",
  async (file, message) => {
    const { code, output, results } = await runSuite(file);
    expect(results.numFailedTests).toBe(0);
    expect(output).toContain(message);
    expect(code).toBe(1);
  },
);

test("takeCrashReports returns each crash once, of a process with an environment of its own too", () => {
  const script = ["-e", "throw new TypeError('expected nothing')"];
  const env = crashReportEnvironment();
  spawnSync(process.execPath, script, { env });
  expect(takeCrashReports()).toMatchObject([
    {
      origin: "uncaughtException",
      error: expect.stringContaining("TypeError: expected nothing"),
    },
  ]);
  expect(takeCrashReports()).toEqual([]);
});
