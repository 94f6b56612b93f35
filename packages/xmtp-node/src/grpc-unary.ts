import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { callError } from "./call-errors.js";

/** A method with one answer. */
export interface UnaryCall {
  readonly description: DescMethodUnary;
  readonly answer: (
    request: Message,
    context: { readonly signal: AbortSignal },
  ) => Promise<Record<string, unknown>>;
}

/** The service's methods with one answer, which need no more of their context than its signal. */
export function unaryCalls<Service extends DescService>(
  service: Service,
  methods: ServiceImpl<Service>,
): readonly (readonly [DescMethod, UnaryCall])[] {
  return service.methods.flatMap((description) => {
    if (!isUnary(description)) return [];
    // Their types go by the service's; here each meets its own requests only.
    const { [description.localName]: answer } = methods as unknown as Readonly<
      Record<string, UnaryCall["answer"]>
    >;
    return answer ? [[description, { description, answer }] as const] : [];
  });
}

const prefixBytes = 5;
const contentType = "application/grpc+proto";

/** Returns true if a request is one that `answerGrpcUnary` reads: in protobuf, and not compressed. */
export function isPlainGrpc({ headers, method }: Http2ServerRequest): boolean {
  const type = headers["content-type"];
  return (
    method === "POST" &&
    (type === "application/grpc" || type === contentType) &&
    (headers["grpc-encoding"] ?? "identity") === "identity"
  );
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === "unary";
}

/**
 * Answers one unary call over gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). Connect can do so
 * too; most calls of a node come this way, and here they take a third of the time.
 */
export async function answerGrpcUnary(
  { description: { input, output }, answer }: UnaryCall,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  maxRequestBytes: number,
): Promise<void> {
  const hungUp = new AbortController();
  request.once("aborted", () => hungUp.abort());
  try {
    const bytes = await readMessage(request, maxRequestBytes);
    const message = parse(input, bytes);
    const result = await answer(message, { signal: hungUp.signal });
    writeMessage(response, toBinary(output, create(output, result)));
  } catch (error) {
    if (!hungUp.signal.aborted) writeError(response, callError(error));
  }
}

/** The one message in the request's body. */
async function readMessage(
  request: Http2ServerRequest,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes + prefixBytes) {
      throw new ConnectError(
        `expected ${maxBytes} bytes at the most`,
        Code.ResourceExhausted,
      );
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks, length);
  if (length < prefixBytes || body.readUInt32BE(1) !== length - prefixBytes) {
    throw new ConnectError(
      `expected one message, got ${length} bytes of another form`,
      Code.InvalidArgument,
    );
  }
  if (body[0] !== 0) {
    throw new ConnectError("expected no compression", Code.Unimplemented);
  }
  return body.subarray(prefixBytes);
}

function parse(input: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes);
  } catch {
    throw new ConnectError(
      `expected a ${input.name}, got ${bytes.length} other bytes`,
      Code.InvalidArgument,
    );
  }
}

function writeMessage(response: Http2ServerResponse, bytes: Uint8Array): void {
  if (response.destroyed) return;
  const frame = Buffer.alloc(prefixBytes + bytes.length);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, prefixBytes);
  response.addTrailers({ "grpc-status": "0" });
  response.writeHead(200, { "content-type": contentType });
  response.end(frame);
}

/** The status among the headers, without a body. */
function writeError(
  response: Http2ServerResponse,
  { code, rawMessage }: ConnectError,
): void {
  if (response.destroyed) return;
  response.writeHead(200, {
    "content-type": contentType,
    "grpc-status": `${code}`,
    "grpc-message": encodeURIComponent(rawMessage),
  });
  response.end();
}
