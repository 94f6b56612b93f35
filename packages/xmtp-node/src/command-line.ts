import {
  duration,
  optionalText,
  readSettings,
  settingsHelp,
  text,
  wholeNumber,
} from "@history-sync/server-kit/node";
import { defaultNodeLimits, defaultPort, type NodeLimits } from "./limits.js";

export interface CommandLine {
  readonly port: number;
  readonly host: string;
  /** The folder of the storage: a file, or NATS with a file of what was read from it. */
  readonly dataFolder: string;
  readonly natsUrl: string | undefined;
  readonly limits: NodeLimits;
}

/** The prefix of the command's environment variables. */
const prefix = "XMTP_NODE";

const count = (help: string, fallback: number) =>
  wholeNumber({ help, min: 1, fallback });
const seconds = (ms: number) => `${ms / 1_000}s`;

const table = {
  port: wholeNumber({
    help: "port to listen on; 0 for any",
    max: 65_535,
    fallback: defaultPort,
  }),
  host: text({
    placeholder: "HOST",
    help: "address to listen on; 0.0.0.0 for all",
    fallback: "127.0.0.1",
  }),
  data: text({
    placeholder: "FOLDER",
    help: "folder of the data",
    fallback: "xmtp-node-data",
  }),
  nats: optionalText({
    placeholder: "URL",
    help: "NATS JetStream instead of the folder",
  }),
  "requests-per-minute": count(
    "from one address",
    defaultNodeLimits.requestsPerMinute,
  ),
  "max-connections": count("at a time", defaultNodeLimits.maxConnections),
  "max-streams": count(
    "on one connection",
    defaultNodeLimits.maxStreamsPerConnection,
  ),
  "max-request-bytes": count(
    "of one request",
    defaultNodeLimits.maxRequestBytes,
  ),
  "max-message-bytes": count(
    "of one message",
    defaultNodeLimits.maxMessageBytes,
  ),
  "max-key-package-bytes": count(
    "of one key package",
    defaultNodeLimits.maxKeyPackageBytes,
  ),
  "max-update-bytes": count(
    "of one identity update",
    defaultNodeLimits.maxIdentityUpdateBytes,
  ),
  "max-inbox-updates": count(
    "in the log of an inbox",
    defaultNodeLimits.maxInboxUpdates,
  ),
  "max-entries": count(
    "in one request",
    defaultNodeLimits.maxEntriesPerRequest,
  ),
  "max-topics": count("in one stream", defaultNodeLimits.maxFilters),
  "max-page-bytes": count("of one answer", defaultNodeLimits.maxPageBytes),
  "max-queued": count(
    "entries that wait for a reader",
    defaultNodeLimits.maxQueuedEntries,
  ),
  "slow-reader": duration({
    help: "until a stream without a reader ends",
    fallback: seconds(defaultNodeLimits.slowReaderMs),
  }),
  "close-grace": duration({
    help: "for running calls at the end",
    fallback: seconds(defaultNodeLimits.closeGraceMs),
  }),
} as const;

export const helpText: string = `Usage: xmtp-node [options]

Runs an XMTP node.

${settingsHelp(table)}
Every option can be an environment variable: --max-streams is ${prefix}_MAX_STREAMS.
`;

/**
 * Reads the command's settings.
 *
 * @throws {ServerKitError} `invalid-setting`, `unknown-setting`
 */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): CommandLine | "help" | "version" {
  const values = readSettings({ table, prefix, args, env });
  if (values === "help" || values === "version") return values;
  return {
    port: values.port,
    host: values.host,
    dataFolder: values.data,
    natsUrl: values.nats,
    limits: {
      maxRequestBytes: values["max-request-bytes"],
      maxMessageBytes: values["max-message-bytes"],
      maxKeyPackageBytes: values["max-key-package-bytes"],
      maxIdentityUpdateBytes: values["max-update-bytes"],
      maxEntriesPerRequest: values["max-entries"],
      maxFilters: values["max-topics"],
      maxPageBytes: values["max-page-bytes"],
      maxQueuedEntries: values["max-queued"],
      slowReaderMs: values["slow-reader"],
      maxStreamsPerConnection: values["max-streams"],
      maxConnections: values["max-connections"],
      requestsPerMinute: values["requests-per-minute"],
      maxInboxUpdates: values["max-inbox-updates"],
      closeGraceMs: values["close-grace"],
    },
  };
}
