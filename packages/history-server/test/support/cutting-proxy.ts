import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  readonly url: string;
  /** How many connections it has cut. */
  cuts(): number;
  close(): Promise<void>;
}

/** A TCP proxy that cuts every connection after as many bytes as `cutAfter` says, counted in both directions. */
export async function cuttingProxy(
  targetPort: number,
  cutAfter: () => number,
): Promise<CuttingProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(targetPort, "127.0.0.1");
    let left = cutAfter();
    const end = () => {
      inner.destroy();
      outer.destroy();
    };
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("error", end);
      from.on("close", () => {
        sockets.delete(from);
        to.end();
      });
      from.on("data", (chunk) => {
        left -= chunk.length;
        if (left <= 0) {
          if (!from.destroyed && !to.destroyed) cuts++;
          end();
        } else if (!to.write(chunk)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
