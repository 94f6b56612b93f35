import { HistoryClientError } from "./errors.js";
import { serverOf } from "./urls.js";

const retryableRefusals: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Creates the error for an answer that isn't a success, with the server's origin in its message. Redirects are recognised
 * by their status, in browsers by their type.
 */
export function errorOfAnswer(
  { status, type }: Response,
  url: string,
): HistoryClientError {
  const server = serverOf(url);
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    return redirected(server);
  }
  if (status === 404 || status === 410) {
    return new HistoryClientError(
      "not-found",
      `${server}: expected the blob, got status ${status}: it is unknown or has expired`,
    );
  }
  if (status === 413) {
    return new HistoryClientError(
      "blob-too-large",
      `${server}: the blob is over the server's limit: status 413`,
    );
  }
  if (status === 401 || status === 403) {
    return new HistoryClientError(
      "unauthorized",
      `${server}: the server refused the token: status ${status}`,
    );
  }
  if (status >= 500 || retryableRefusals.has(status)) {
    return new HistoryClientError(
      "unavailable",
      `${server}: the server can't answer now: status ${status}`,
      { retryable: true },
    );
  }
  return new HistoryClientError(
    "rejected",
    `${server}: the server refused the request: status ${status}`,
  );
}

export function redirected(
  server: string,
  options?: { readonly cause: unknown },
): HistoryClientError {
  return new HistoryClientError(
    "redirected",
    `${server}: the server answered with a redirect, which is not followed`,
    options,
  );
}

/** The fetch of Node.js names in its cause what the standard reports by one TypeError. */
export function isRefusedRedirect(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    error.cause instanceof Error &&
    error.cause.message === "unexpected redirect"
  );
}

export function badAnswer(message: string): HistoryClientError {
  return new HistoryClientError("bad-answer", message);
}
