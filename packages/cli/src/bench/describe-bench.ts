import { count, table } from "../table.js";
import type { FormatResult, SizeResult } from "./measure-size.js";

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

/** The results for people: a line for each size and format. */
export function describeBench(results: readonly SizeResult[]): string {
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
