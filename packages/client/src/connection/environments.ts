/** One of XMTP's networks. */
export type Environment = "local" | "dev" | "production";

/** The history server of each environment, as in xmtp-js. */
export const historySyncUrls: Readonly<Record<Environment, string>> = {
  local: "http://localhost:5558",
  dev: "https://message-history.dev.ephemera.network",
  production: "https://message-history.production.ephemera.network",
};
