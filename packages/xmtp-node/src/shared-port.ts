import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";

import { drain, listen } from "@history-sync/server-kit/node";

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

export interface SharedPortOptions {
  readonly port: number;
  readonly host: string;
  readonly maxConnections: number;
  readonly maxStreamsPerConnection: number;
  readonly handle: (request: NodeRequest, response: NodeResponse) => void;
}

export interface SharedPort {
  readonly port: number;
  /** Takes nothing new, lets what runs end within `graceMs`, then cuts it. */
  close(graceMs: number): Promise<void>;
}

// RFC 9113 section 3.4: HTTP/2's preface is "PRI * HTTP/2.0…"; no method of HTTP/1.1 starts so.
const http2Start = Buffer.from("PRI");
/** For a new connection to send its first bytes, and for HTTP/1.1's headers. */
const firstBytesMs = 10_000;
/** Finds connections without an other end. */
const keepAliveMs = 30_000;

/** HTTP/1.1 and HTTP/2 without TLS on one port: the first bytes of a connection say which it is. */
export async function listenOnSharedPort({
  port,
  host,
  maxConnections,
  maxStreamsPerConnection,
  handle,
}: SharedPortOptions): Promise<SharedPort> {
  const http1 = createHttpServer(
    { headersTimeout: firstBytesMs, keepAliveTimeout: keepAliveMs },
    (request, response) => {
      // A kept-alive connection that falls idle while the node closes would hold it open.
      response.once("close", () => {
        if (!http1.listening) http1.closeIdleConnections();
      });
      handle(request, response);
    },
  );
  const http2 = createHttp2Server(
    { settings: { maxConcurrentStreams: maxStreamsPerConnection } },
    handle,
  );
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  // A connection that breaks concerns nobody but its own requests, and they are told.
  http2.on("sessionError", () => {});

  // HTTP/1.1's server listens, since only so it watches over its connections; what it does with one comes second.
  const takeHttp1 = http1.listeners("connection");
  http1.removeAllListeners("connection");
  http1.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    whenKind(socket, (isHttp2) => {
      if (isHttp2) http2.emit("connection", socket);
      else for (const take of takeHttp1) take.call(http1, socket);
    });
  });
  http1.maxConnections = maxConnections;
  await listen(http1, host, port);

  return {
    port: (http1.address() as AddressInfo).port,
    async close(graceMs) {
      const drained = drain(http1, graceMs, () => {
        for (const socket of sockets) socket.destroy();
      });
      for (const session of sessions) session.close();
      await drained;
    },
  };
}

/** Looks at a connection's first bytes and puts them back. */
function whenKind(socket: Socket, found: (isHttp2: boolean) => void): void {
  const hangUp = () => socket.destroy();
  const silent = setTimeout(hangUp, firstBytesMs);
  socket.once("end", hangUp);
  socket.once("close", () => clearTimeout(silent));
  let start: Buffer = Buffer.alloc(0);
  const look = () => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    start = Buffer.concat([start, bytes]);
    const seen = Math.min(start.length, http2Start.length);
    const mayBeHttp2 = start
      .subarray(0, seen)
      .equals(http2Start.subarray(0, seen));
    if (mayBeHttp2 && seen < http2Start.length) return;
    clearTimeout(silent);
    socket.off("readable", look);
    socket.off("end", hangUp);
    socket.unshift(start);
    found(mayBeHttp2);
  };
  socket.on("readable", look);
}
