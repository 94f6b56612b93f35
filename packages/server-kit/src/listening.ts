import type { Server } from "node:net";

/** Resolves when the server listens. Rejects with Node.js' own error when it can't. */
export function listen(
  server: Server,
  host: string,
  port: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Accepts no new connection, lets running requests end within `graceMs`, then calls `cut`, and resolves when all have ended. */
export async function drain(
  server: Server,
  graceMs: number,
  cut: () => void,
): Promise<void> {
  const timer = setTimeout(cut, graceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}

/** Returns the URL of a server that listens on a host and port. */
export function urlOf(
  scheme: "http" | "https",
  host: string,
  port: number,
): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
