import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { RunningServer } from "../../src/node/index.js";

/** A bare connection, for what no HTTP client would send. */
export async function rawConnection({ port }: RunningServer): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Sends bytes as they are and gives all that comes back until the server hangs up. */
export async function rawExchange(
  server: RunningServer,
  sent: string,
): Promise<string> {
  const socket = await rawConnection(server);
  socket.write(sent, "latin1");
  return await text(socket);
}

/** The status lines of what came back. */
export function statusesOf(received: string): string[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((m) => m[1] ?? "");
}

/** Resolves when the server has closed the connection, whether politely or not. */
export async function hungUp(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  socket.resume();
  // `once` of events would reject with the socket's error.
  if (!socket.closed) {
    await new Promise((resolve) => socket.once("close", resolve));
  }
}
