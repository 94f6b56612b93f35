import { defaultMaxBytes } from "@history-sync/history-client/contract";
import {
  choice,
  duration,
  limit,
  optionalText,
  readSettings as read,
  settingsHelp,
  text,
  wholeNumber,
} from "@history-sync/server-kit/node";
import { HistoryServerError } from "../../errors.js";
import { defaultPort, defaultTtlMs } from "../../limits.js";
import type { MetricsAudience } from "../exchange.js";

/** The prefix of the command's environment variables. */
export const prefix = "HISTORY_SERVER";

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
    help: "folder of the archives",
    fallback: "history-server-data",
  }),
  s3: optionalText({
    placeholder: "URL",
    help: "an S3-compatible store instead of the folder",
  }),
  bucket: optionalText({
    placeholder: "NAME",
    help: "its bucket, which must exist",
  }),
  "s3-region": text({
    placeholder: "NAME",
    help: "its region",
    fallback: "us-east-1",
  }),
  "max-bytes": wholeNumber({
    help: "limit of one upload",
    min: 1,
    fallback: defaultMaxBytes,
  }),
  "max-total-bytes": limit({ help: "limit of all archives", fallback: 0 }),
  ttl: duration({
    help: "lifetime of an archive: 90s, 30m, 12h or 7d",
    fallback: `${defaultTtlMs / 86_400_000}d`,
  }),
  "unfinished-ttl": duration({
    help: "lifetime of an unfinished upload",
    fallback: "1d",
  }),
  "requests-per-minute": limit({ help: "from one address", fallback: 600 }),
  "uploads-per-address": limit({ help: "at a time", fallback: 16 }),
  "uploads-at-once": limit({ help: "in all", fallback: 1_000 }),
  "trust-proxy": wholeNumber({
    help: "proxies in front that write x-forwarded-for",
    max: 16,
    fallback: 0,
  }),
  metrics: choice({
    placeholder: "WHO",
    help: "who may read /metrics: off, local or any",
    choices: ["off", "local", "any"],
    fallback: "local",
  }),
  "close-grace": duration({
    help: "for running transfers at the end",
    fallback: "30s",
  }),
  "idle-timeout": duration({
    help: "for a connection without traffic",
    fallback: "60s",
  }),
  "tls-cert": optionalText({
    placeholder: "FILE",
    help: "certificate chain in PEM; https with --tls-key",
  }),
  "tls-key": optionalText({
    placeholder: "FILE",
    help: "its private key in PEM",
  }),
  "token-secret": optionalText({
    placeholder: "FILE",
    help: "32 bytes or more: uploads need a token made with it",
  }),
} as const;

/** The lines of the settings for `--help`. */
export const flagHelp: string = settingsHelp(table);

/** The settings of the command. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly folder: string;
  readonly s3: S3Settings | undefined;
  readonly maxBytes: number;
  readonly maxTotalBytes: number | undefined;
  readonly ttlMs: number;
  readonly unfinishedTtlMs: number;
  readonly requestsPerMinute: number | undefined;
  readonly uploadsPerAddress: number | undefined;
  readonly uploadsAtOnce: number | undefined;
  readonly proxyHops: number;
  readonly metricsFor: MetricsAudience;
  readonly closeGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  readonly tokenSecretFile: string | undefined;
}

interface S3Settings {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

/**
 * Reads the command's settings.
 *
 * @throws {ServerKitError} `invalid-setting`, `unknown-setting`
 * @throws {HistoryServerError} `invalid-setting` for one of two settings that belong together
 */
export function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Settings | "help" | "version" {
  const values = read({ table, prefix, args, env });
  if (values === "help" || values === "version") return values;
  expectPair(values, "tls-cert", "tls-key");
  expectPair(values, "s3", "bucket");
  const { s3: endpoint, bucket = "" } = values;
  return {
    port: values.port,
    host: values.host,
    folder: values.data,
    s3:
      endpoint === undefined
        ? undefined
        : { endpoint, bucket, region: values["s3-region"] },
    maxBytes: values["max-bytes"],
    maxTotalBytes: values["max-total-bytes"],
    ttlMs: values.ttl,
    unfinishedTtlMs: values["unfinished-ttl"],
    requestsPerMinute: values["requests-per-minute"],
    uploadsPerAddress: values["uploads-per-address"],
    uploadsAtOnce: values["uploads-at-once"],
    proxyHops: values["trust-proxy"],
    metricsFor: values.metrics,
    closeGraceMs: values["close-grace"],
    idleTimeoutMs: values["idle-timeout"],
    tlsCertFile: values["tls-cert"],
    tlsKeyFile: values["tls-key"],
    tokenSecretFile: values["token-secret"],
  };
}

function expectPair<Name extends string>(
  values: Readonly<Record<Name, unknown>>,
  first: Name,
  second: Name,
): void {
  if ((values[first] === undefined) === (values[second] === undefined)) return;
  throw new HistoryServerError(
    "invalid-setting",
    `expected --${first} and --${second} together, got one of them`,
  );
}
