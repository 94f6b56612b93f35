// A set-up file of every suite in Node.js, named in `vitest.shared.ts`: a test fails when a process that it started ends by
// an uncaught exception or an unhandled rejection. Vitest fails the run by itself for those of the test's own process.

import { afterAll, afterEach } from "vitest";
import {
  endCrashReports,
  startCrashReports,
  takeCrashReports,
} from "./crash-reports.js";

startCrashReports();
afterEach(expectNoCrash);
// For processes that live as long as the file.
afterAll(() => {
  try {
    expectNoCrash();
  } finally {
    endCrashReports();
  }
});

function expectNoCrash(): void {
  const [report] = takeCrashReports();
  if (report === undefined) return;
  const { command, origin, error } = report;
  throw new Error(
    `expected no crash of a started process, got ${origin} in "${command.join(" ")}": ${error}`,
  );
}
