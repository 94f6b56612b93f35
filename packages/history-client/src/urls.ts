import { isBlobId } from "./contract/blob-id.js";
import { HistoryClientError } from "./errors.js";

/** The origins that a client may talk to; undefined allows every https origin and loopback. */
export type AllowedOrigins = ReadonlySet<string> | undefined;

const maxUrlLength = 2048;

/** Reads the configured list; throws `invalid-setting` for an entry that is no bare origin. */
export function allowedOrigins(
  origins: readonly string[] | undefined,
): AllowedOrigins {
  return origins && new Set(origins.map(bareOrigin));
}

/** A server's address without slashes at its end, once it is known to be allowed; else throws `refused-url`. */
export function checkedServerUrl(
  text: string,
  allowed: AllowedOrigins,
): string {
  const { origin, pathname } = checkedUrl(text, allowed);
  return origin + pathname.replace(/\/+$/, "");
}

/** A blob's address, `{server}/files/{id}`, once it is known to be allowed; else throws `refused-url`. */
export function checkedBlobUrl(text: string, allowed: AllowedOrigins): string {
  return checkedIdUrl(text, allowed, "files");
}

/** An unfinished upload's address, `{server}/tus/{id}`, once it is known to be allowed; else throws `refused-url`. */
export function checkedUploadUrl(
  text: string,
  allowed: AllowedOrigins,
): string {
  return checkedIdUrl(text, allowed, "tus");
}

function checkedIdUrl(
  text: string,
  allowed: AllowedOrigins,
  collection: "files" | "tus",
): string {
  const { origin, pathname } = checkedUrl(text, allowed);
  const [, before, id] =
    /^((?:\/[A-Za-z0-9._~-]+)*)\/([^/]*)$/.exec(pathname) ?? [];
  if (
    !before?.endsWith(`/${collection}`) ||
    id === undefined ||
    !isBlobId(id)
  ) {
    throw refused(
      `expected a path {server}/${collection}/{id} with an id of the strict form`,
    );
  }
  return origin + pathname;
}

function checkedUrl(text: string, allowed: AllowedOrigins): URL {
  if (text.length > maxUrlLength) {
    throw refused(
      `expected at most ${maxUrlLength} characters, got ${text.length}`,
    );
  }
  // URL parsers mend these in silence, each in its own way.
  if (!/^[!-[\]-~]*$/.test(text)) {
    throw refused("expected printable ASCII without spaces and backslashes");
  }
  const url = parsed(text);
  if (!url) throw refused("expected an absolute URL");
  if (url.username !== "" || url.password !== "") {
    throw refused("expected no user name or password in the URL");
  }
  if (text.includes("?") || text.includes("#")) {
    throw refused("expected no query and no fragment in the URL");
  }
  if (url.protocol !== "https:" && !isHttpLoopback(url)) {
    throw refused(
      `expected https, or http to this machine, got ${url.protocol}`,
    );
  }
  if (allowed && !allowed.has(url.origin)) {
    throw refused("the origin is not on the list of allowed ones");
  }
  return url;
}

function isHttpLoopback({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" &&
    (hostname === "localhost" ||
      hostname === "[::1]" ||
      /^127\.\d+\.\d+\.\d+$/.test(hostname))
  );
}

function bareOrigin(text: string): string {
  const url = parsed(text);
  if (!url || url.origin === "null" || `${url.origin}/` !== url.href) {
    throw new HistoryClientError(
      "invalid-setting",
      "origins: expected entries such as https://history.example.org",
    );
  }
  return url.origin;
}

// Node 20 and older Safari have no URL.parse.
function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function refused(reason: string): HistoryClientError {
  return new HistoryClientError("refused-url", reason);
}

/** Returns the origin of a URL for messages: the path of a blob is what fetches it, and doesn't belong in a log. */
export function serverOf(url: string): string {
  return new URL(url).origin;
}
