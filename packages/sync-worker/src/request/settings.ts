/** How requests of other installations are answered: by all means, after the user has approved, or not at all. */
export type ReleasePolicy = "auto" | "ask" | "never";

/** The settings of a sync worker. */
export interface SyncWorkerOptions {
  /** The history server for this installation's requests. Empty: history is neither requested nor sent. */
  readonly historySyncUrl: string;
  /** How requests of the inbox's other installations are answered. Default: `auto`. */
  readonly policy?: ReleasePolicy;
  /** Further history servers to upload to, when an requester names one of them. Others are never uploaded to. */
  readonly trustedServers?: readonly string[];
  /** How long a new installation waits to be added to a sync group before it makes one. Default: 0, as in libxmtp. */
  readonly joinGraceMs?: number;
  /** How long the history server keeps an uploaded archive, in milliseconds. Default: 3 days. */
  readonly archiveTtlMs?: number;
  /** The most archives that this installation creates for others in an hour. Default: 24. */
  readonly maxExportsPerHour?: number;
  /** The largest archive that is stored here while it is uploaded, so that its upload resumes after a restart. Default: 256 MiB. */
  readonly maxSpoolBytes?: number;
}

export interface Settings extends Required<SyncWorkerOptions> {
  /** How long a request of this installation stays open. */
  readonly requestTtlMs: number;
  /** How long the responder may be silent before the next installation responds. The same on all installations. */
  readonly takeoverMs: number;
}

const dayMs = 24 * 60 * 60 * 1_000;
// The user's other device may be off during a holiday.
const requestTtlMs = 14 * dayMs;
// Less than XMTP's 7 days: an archive is fetched within minutes, or after a weekend.
const defaultArchiveTtlMs = 3 * dayMs;
// A few signs of life may be lost.
const takeoverMs = 120_000;
// More than honest installations ask for; little enough for a battery.
const defaultMaxExportsPerHour = 24;
// More than a million messages, and room that a phone has.
const defaultMaxSpoolBytes = 256 * 1024 ** 2;

export function settingsOf(options: SyncWorkerOptions): Settings {
  return {
    policy: "auto",
    trustedServers: [],
    joinGraceMs: 0,
    requestTtlMs,
    archiveTtlMs: defaultArchiveTtlMs,
    takeoverMs,
    maxExportsPerHour: defaultMaxExportsPerHour,
    maxSpoolBytes: defaultMaxSpoolBytes,
    ...options,
  };
}

/** Returns the server to upload to: the one that the requester named if it is trusted, else this installation's own. */
export function uploadServer(
  requested: string,
  { historySyncUrl, trustedServers }: Settings,
): string {
  const trusted = [historySyncUrl, ...trustedServers];
  const found = trusted.find((url) => trimmed(url) === trimmed(requested));
  return found ?? historySyncUrl;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
