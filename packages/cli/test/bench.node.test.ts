import { expect, test } from "vitest";
import { archiveFormats } from "../src/commands/convert.js";
import { run } from "./support/run.js";

test("every format is measured in the same run", async () => {
  const args = ["bench", "--json", "--", "--messages", "200"];
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const phase = {
    seconds: expect.any(Number),
    microsecondsAMessage: expect.any(Number),
    peakRssMB: expect.any(Number),
    aboveBaseMB: expect.any(Number),
  };
  const format = {
    archiveBytes: expect.any(Number),
    exportAndSeal: phase,
    openAndMerge: phase,
  };
  const report = JSON.parse(stdout);
  expect(report).toEqual({
    node: process.version,
    nodeFlags: expect.arrayContaining(["--max-semi-space-size=8"]),
    cpu: expect.any(String),
    results: [
      {
        messages: 200,
        formats: Object.fromEntries(
          archiveFormats.map((name) => [name, format]),
        ),
        ratios: {
          archiveBytes: expect.any(Number),
          exportAndSeal: expect.any(Number),
          openAndMerge: expect.any(Number),
        },
      },
    ],
  });
  const [{ formats, ratios }] = report.results;
  const { "xmtp-v0": base, "paged-v1": ours } = formats;
  expect(base.archiveBytes).toBeGreaterThan(50_000);
  expect(ratios.archiveBytes).toBeCloseTo(
    ours.archiveBytes / base.archiveBytes,
    2,
  );
});
