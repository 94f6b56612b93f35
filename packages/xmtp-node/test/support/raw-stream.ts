import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  MlsApi,
  SubscribeGroupMessagesRequestSchema,
} from "@history-sync/proto/mls-api";
import { onTestFinished } from "vitest";

export interface RawStream {
  readonly headers: Promise<IncomingHttpHeaders>;
  /** Gives the code with which the node closed it. */
  readonly closed: Promise<number | undefined>;
}

/** Subscribes to a group with nothing between us and HTTP/2, so that a test decides what is read, and when. */
export function subscribeRaw(url: string, groupId: Uint8Array): RawStream {
  const session = connect(url);
  onTestFinished(() => session.destroy());
  const request = create(SubscribeGroupMessagesRequestSchema, {
    filters: [{ groupId, idCursor: 0n }],
  });
  const body = toBinary(SubscribeGroupMessagesRequestSchema, request);
  const frame = Buffer.alloc(5 + body.length);
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, 5);
  const stream = session.request({
    ":method": "POST",
    ":path": `/${MlsApi.typeName}/SubscribeGroupMessages`,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {});
  stream.end(frame);
  const headers = once(stream, "response").then(
    ([first]) => first as IncomingHttpHeaders,
  );
  const closed = new Promise<number | undefined>((resolve) =>
    stream.once("close", () => resolve(stream.rstCode)),
  );
  return { headers, closed };
}
