import { HistoryClientError } from "./errors.js";

const retryableRefusals: ReadonlySet<number> = new Set([408, 425, 429]);

/** The error for an answer that isn't a success. Redirects are seen by their status, in browsers by their type. */
export function errorOfAnswer(response: Response): HistoryClientError {
  const { status, type } = response;
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    return redirected();
  }
  if (status === 404 || status === 410) {
    return new HistoryClientError(
      "not-found",
      `no such blob, or it has expired: status ${status}`,
    );
  }
  if (status === 413) {
    return new HistoryClientError(
      "blob-too-large",
      "over the history server's limit: status 413",
    );
  }
  if (status === 401 || status === 403) {
    return new HistoryClientError(
      "unauthorized",
      `the history server asks for another token: status ${status}`,
    );
  }
  if (status >= 500 || retryableRefusals.has(status)) {
    return new HistoryClientError(
      "unavailable",
      `the history server can't just now: status ${status}`,
      { retryable: true },
    );
  }
  return new HistoryClientError(
    "rejected",
    `the history server refused: status ${status}`,
  );
}

export function redirected(options?: {
  readonly cause: unknown;
}): HistoryClientError {
  return new HistoryClientError(
    "redirected",
    "the history server answered with a redirect, which is not followed",
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
