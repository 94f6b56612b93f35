import { parseArgs } from "node:util";
import { XmtpNodeError } from "./errors.js";
import { defaultLimits, defaultPort } from "./limits.js";

export interface CommandLine {
  readonly port: number;
  readonly host: string;
  /** Where the storage is: a file, or NATS with a file of what was read from it. */
  readonly dataFolder: string;
  readonly natsUrl: string | undefined;
  readonly requestsPerMinute: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const helpText: string = `Usage: xmtp-node [options]

  --port N                  port to listen on (${defaultPort}; 0 for any)
  --host HOST               address to listen on (127.0.0.1; 0.0.0.0 for all)
  --data FOLDER             where the data is kept (./xmtp-node-data)
  --nats URL                keep it in NATS JetStream instead, such as nats://127.0.0.1:4222
  --requests-per-minute N   limit for one address (${defaultLimits.requestsPerMinute})
  --help                    this text

Each may be given in the environment: XMTP_NODE_PORT, _HOST, _DATA, _NATS, _REQUESTS_PER_MINUTE.
`;

/** Reads the command's arguments, then the environment; throws `invalid-setting`, or Node's own error for an unknown option. */
export function readCommandLine(
  args: readonly string[],
  environment: Environment = {},
): CommandLine | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      host: { type: "string" },
      data: { type: "string" },
      nats: { type: "string" },
      "requests-per-minute": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const setting = (name: keyof typeof values, other: string): string => {
    const variable = `XMTP_NODE_${name.toUpperCase().replaceAll("-", "_")}`;
    return `${values[name] ?? (environment[variable] || other)}`;
  };
  const requests = "requests-per-minute";
  return {
    port: wholeNumber("--port", setting("port", `${defaultPort}`), 0, 65_535),
    host: setting("host", "127.0.0.1"),
    dataFolder: setting("data", "xmtp-node-data"),
    natsUrl: setting("nats", "") || undefined,
    requestsPerMinute: wholeNumber(
      `--${requests}`,
      setting(requests, `${defaultLimits.requestsPerMinute}`),
      1,
      2 ** 40,
    ),
  };
}

function wholeNumber(
  name: string,
  text: string,
  min: number,
  max: number,
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new XmtpNodeError(
    "invalid-setting",
    `${name}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`,
  );
}
