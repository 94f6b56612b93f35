import { parseArgs } from "node:util";
import { HistoryServerError } from "../errors.js";
import { defaultMaxBytes, defaultPort, defaultTtlMs } from "../limits.js";

export interface CommandLine {
  readonly port: number;
  readonly host: string;
  readonly folder: string;
  readonly maxBytes: number;
  readonly ttlMs: number;
}

export const helpText: string = `Usage: history-server [options]

  --port N        port to listen on (${defaultPort}; 0 for any)
  --host HOST     address to listen on (127.0.0.1; 0.0.0.0 for all)
  --data FOLDER   where the archives are kept (./history-server-data)
  --max-bytes N   limit of one upload (${defaultMaxBytes})
  --ttl TIME      how long an archive is kept: 90s, 30m, 12h or 7d (${defaultTtlMs / 86_400_000}d)
  --help          this text
`;

const msOfUnit: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads the command's arguments; throws `invalid-setting`, or Node's own error for an unknown option. */
export function readCommandLine(args: readonly string[]): CommandLine | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: `${defaultPort}` },
      host: { type: "string", default: "127.0.0.1" },
      data: { type: "string", default: "history-server-data" },
      "max-bytes": { type: "string", default: `${defaultMaxBytes}` },
      ttl: { type: "string", default: `${defaultTtlMs / 1000}s` },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    port: wholeNumber("--port", values.port, 0, 65_535),
    host: values.host,
    folder: values.data,
    maxBytes: wholeNumber("--max-bytes", values["max-bytes"], 1, 2 ** 50),
    ttlMs: duration("--ttl", values.ttl),
  };
}

function wholeNumber(
  name: string,
  text: string,
  min: number,
  max: number,
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw invalid(name, `a whole number from ${min} to ${max}`, text);
  }
  return value;
}

function duration(name: string, text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (msOfUnit[unit ?? ""] ?? Number.NaN);
  if (!(ms > 0)) throw invalid(name, "a time such as 12h or 7d", text);
  return ms;
}

function invalid(name: string, expected: string, got: string) {
  return new HistoryServerError(
    "invalid-setting",
    `${name}: expected ${expected}, got ${JSON.stringify(got)}`,
  );
}
