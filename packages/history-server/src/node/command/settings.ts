import { parseArgs } from "node:util";
import { defaultMaxBytes } from "@history-sync/history-client/contract";
import { HistoryServerError } from "../../errors.js";
import { defaultPort, defaultTtlMs } from "../../limits.js";
import type { MetricsAudience } from "../exchange.js";
import { duration, oneOf, orNone, wholeNumber } from "./values.js";

/** What the command runs with. */
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

interface Flag {
  readonly value: string;
  readonly help: string;
  readonly fallback?: string;
}

/** Every flag, as help shows it; the environment variable is `HISTORY_SERVER_` and the flag in capitals. */
const flags = {
  port: {
    value: "N",
    help: "port to listen on; 0 for any",
    fallback: `${defaultPort}`,
  },
  host: {
    value: "HOST",
    help: "address to listen on; 0.0.0.0 for all",
    fallback: "127.0.0.1",
  },
  data: {
    value: "FOLDER",
    help: "where the archives are kept",
    fallback: "history-server-data",
  },
  s3: { value: "URL", help: "keep them in an S3-compatible store instead" },
  bucket: { value: "NAME", help: "its bucket, which must be there" },
  "s3-region": { value: "NAME", help: "its region", fallback: "us-east-1" },
  "max-bytes": {
    value: "N",
    help: "limit of one upload",
    fallback: `${defaultMaxBytes}`,
  },
  "max-total-bytes": {
    value: "N",
    help: "limit of all archives together; 0 for none",
    fallback: "0",
  },
  ttl: {
    value: "TIME",
    help: "how long an archive is kept: 90s, 30m, 12h or 7d",
    fallback: `${defaultTtlMs / 86_400_000}d`,
  },
  "unfinished-ttl": {
    value: "TIME",
    help: "how long an unfinished upload is kept",
    fallback: "1d",
  },
  "requests-per-minute": {
    value: "N",
    help: "from one address; 0 for no limit",
    fallback: "600",
  },
  "uploads-per-address": {
    value: "N",
    help: "at the same time; 0 for no limit",
    fallback: "16",
  },
  "uploads-at-once": {
    value: "N",
    help: "in all; 0 for no limit",
    fallback: "1000",
  },
  "trust-proxy": {
    value: "N",
    help: "proxies in front that write x-forwarded-for",
    fallback: "0",
  },
  metrics: {
    value: "WHO",
    help: "who may read /metrics: off, local or any",
    fallback: "local",
  },
  "close-grace": {
    value: "TIME",
    help: "for running transfers at the end",
    fallback: "30s",
  },
  "idle-timeout": {
    value: "TIME",
    help: "for a connection on which nothing moves",
    fallback: "60s",
  },
  "tls-cert": {
    value: "FILE",
    help: "certificate chain in PEM; https with --tls-key",
  },
  "tls-key": { value: "FILE", help: "its private key in PEM" },
  "token-secret": {
    value: "FILE",
    help: "32 bytes or more: uploads need a token made with it",
  },
} as const satisfies Readonly<Record<string, Flag>>;

type FlagName = keyof typeof flags;
const names = Object.keys(flags) as FlagName[];

export function flagHelp(): string {
  return names
    .map((name) => {
      const { value, help, fallback }: Flag = flags[name];
      const shown = `--${name} ${value}`.padEnd(25);
      return `  ${shown} ${help}${fallback === undefined ? "" : ` (${fallback})`}\n`;
    })
    .join("");
}

export function environmentName(flag: string): string {
  return `HISTORY_SERVER_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Reads arguments, then the environment, then the defaults; throws `invalid-setting`, or Node's own error for an unknown flag. */
export function readSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const options = Object.fromEntries(
    names.map((name) => [name, { type: "string" as const }]),
  );
  const { values } = parseArgs({ args: [...args], options });
  const given = (name: FlagName): string | undefined => {
    const { fallback }: Flag = flags[name];
    const value = values[name] ?? environment[environmentName(name)];
    return typeof value === "string" && value !== "" ? value : fallback;
  };
  const text = (name: FlagName) => given(name) ?? "";
  const number = (name: FlagName, min: number, max: number) =>
    wholeNumber(`--${name}`, text(name), min, max);
  const time = (name: FlagName) => duration(`--${name}`, text(name));
  const limit = (name: FlagName) => orNone(number(name, 0, 2 ** 50));
  const pair = (first: FlagName, second: FlagName) => {
    if ((given(first) === undefined) !== (given(second) === undefined)) {
      throw new HistoryServerError(
        "invalid-setting",
        `expected --${first} and --${second} together`,
      );
    }
  };
  pair("tls-cert", "tls-key");
  pair("s3", "bucket");
  const endpoint = given("s3");
  return {
    port: number("port", 0, 65_535),
    host: text("host"),
    folder: text("data"),
    s3:
      endpoint === undefined
        ? undefined
        : { endpoint, bucket: text("bucket"), region: text("s3-region") },
    maxBytes: number("max-bytes", 1, 2 ** 50),
    maxTotalBytes: limit("max-total-bytes"),
    ttlMs: time("ttl"),
    unfinishedTtlMs: time("unfinished-ttl"),
    requestsPerMinute: limit("requests-per-minute"),
    uploadsPerAddress: limit("uploads-per-address"),
    uploadsAtOnce: limit("uploads-at-once"),
    proxyHops: number("trust-proxy", 0, 16),
    metricsFor: oneOf("--metrics", text("metrics"), ["off", "local", "any"]),
    closeGraceMs: time("close-grace"),
    idleTimeoutMs: time("idle-timeout"),
    tlsCertFile: given("tls-cert"),
    tlsKeyFile: given("tls-key"),
    tokenSecretFile: given("token-secret"),
  };
}
