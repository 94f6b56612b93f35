import { connect } from "node:http2";
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";

export interface UnaryCalls {
  /** Resolves when the node has acknowledged the call. */
  call<Input extends DescMessage>(
    method: DescMethodUnary<Input>,
    request: MessageInitShape<Input>,
  ): Promise<void>;
  close(): void;
}

/** gRPC with nothing around it, so that the node is measured and not the client. */
export function unaryCalls(url: string): UnaryCalls {
  const session = connect(url);
  return {
    call: (method, request) =>
      new Promise((resolve, reject) => {
        const body = toBinary(method.input, create(method.input, request));
        const frame = Buffer.alloc(5 + body.length);
        frame.writeUInt32BE(body.length, 1);
        frame.set(body, 5);
        const stream = session.request({
          ":method": "POST",
          ":path": `/${method.parent.typeName}/${method.name}`,
          "content-type": "application/grpc",
          te: "trailers",
        });
        const settle = (headers: Readonly<Record<string, unknown>>) => {
          const status = headers["grpc-status"];
          if (status === "0") resolve();
          else if (status !== undefined) reject(new Error(`status ${status}`));
        };
        stream.on("response", settle);
        stream.on("trailers", settle);
        stream.on("error", reject);
        stream.resume();
        stream.end(frame);
      }),
    close: () => session.close(),
  };
}
