import {
  Code,
  cors,
  createConnectRouter,
  createContextValues,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest } from "@connectrpc/connect-node";
import type { SmartContractVerifier } from "@history-sync/identity";
import { IdentityApi } from "@history-sync/proto/identity-api";
import { MlsApi } from "@history-sync/proto/mls-api";
import { AddressRates } from "@history-sync/server-kit";
import { sendHeaders } from "./call-values.js";
import {
  answerGrpcUnary,
  isPlainGrpc,
  type UnaryCall,
  unaryCalls,
} from "./grpc-unary.js";
import { identityApi } from "./identity-api.js";
import { InboxLogs } from "./inbox-logs.js";
import type { NodeMetrics } from "./metrics.js";
import { mlsApi } from "./mls-api.js";
import type { NodeContext } from "./node-context.js";
import { observed } from "./observe-calls.js";
import type { NodeRequest, NodeResponse } from "./shared-port.js";
import { cutOff, writeHeaders, writeResponse } from "./write-response.js";

export interface RequestHandlerOptions {
  readonly smartContracts?: SmartContractVerifier | undefined;
  /** Aborts with what clients are told when the node closes. */
  readonly shutdown: AbortSignal;
}

const corsHeaders: Readonly<Record<string, string>> = {
  // Nothing here goes by cookies, so any page may ask.
  "access-control-allow-origin": "*",
  "access-control-expose-headers": cors.exposedHeaders.join(", "),
};
const preflightHeaders: Readonly<Record<string, string>> = {
  ...corsHeaders,
  "access-control-allow-methods": cors.allowedMethods.join(", "),
  "access-control-allow-headers": [
    ...cors.allowedHeaders,
    "x-app-version",
    "x-libxmtp-version",
  ].join(", "),
  "access-control-max-age": "7200",
};

interface Service {
  /** In all protocols. */
  readonly connect: UniversalHandler;
  /** Where the call has one answer: the shorter way for gRPC. */
  readonly unary: UnaryCall | undefined;
}

/** Answers every request of the node: the services in gRPC, gRPC-web and Connect, health and metrics. */
export function requestHandler(
  node: NodeContext,
  options: RequestHandlerOptions,
): (request: NodeRequest, response: NodeResponse) => void {
  const rates = new AddressRates(node.limits.requestsPerMinute, node.clock);
  const services = servicesOf(node, options);
  return (request, response) => {
    // `close` reports the loss of a connection.
    request.on("error", () => {});
    response.on("error", () => {});
    const [path = ""] = (request.url ?? "").split("?", 1);
    const service = services.get(path);
    if (request.method === "OPTIONS") {
      return answer(response, 204, "", preflightHeaders);
    }
    if (service) {
      if (!rates.tryAcquire(request.socket.remoteAddress ?? "")) {
        return tooMany(request, response);
      }
      void serve(service, request, response, node);
    } else if (path === "/healthz") {
      answer(response, 200, "ok\n");
    } else if (path === "/metrics") {
      void answerMetrics(response, node.metrics);
    } else if (isGrpc(request)) {
      answer(response, 200, "", grpcStatus(Code.Unimplemented));
    } else {
      answer(response, 404, "not found\n", corsHeaders);
    }
  };
}

function servicesOf(
  node: NodeContext,
  { smartContracts, shutdown }: RequestHandlerOptions,
): ReadonlyMap<string, Service> {
  const { limits, storage } = node;
  const logs = new InboxLogs(storage, {
    maxUpdateBytes: limits.maxIdentityUpdateBytes,
    maxInboxUpdates: limits.maxInboxUpdates,
    smartContracts,
  });
  const mls = observed(MlsApi, mlsApi(node), node);
  const identity = observed(
    IdentityApi,
    identityApi(node, logs, smartContracts),
    node,
  );
  const router = createConnectRouter({
    // Ciphertext doesn't compress.
    acceptCompression: [],
    readMaxBytes: limits.maxRequestBytes,
    shutdownSignal: shutdown,
  })
    .service(MlsApi, mls)
    .service(IdentityApi, identity);
  const unaries = new Map([
    ...unaryCalls(MlsApi, mls),
    ...unaryCalls(IdentityApi, identity),
  ]);
  return new Map(
    router.handlers.map((connect) => [
      connect.requestPath,
      { connect, unary: unaries.get(connect.method) },
    ]),
  );
}

async function serve(
  { connect, unary }: Service,
  request: NodeRequest,
  response: NodeResponse,
  { limits, metrics, log }: NodeContext,
): Promise<void> {
  const method = connect.method.name;
  try {
    // Both are HTTP/2's, or neither is.
    if (unary && "stream" in request && "stream" in response) {
      if (isPlainGrpc(request)) {
        return await answerGrpcUnary(
          unary,
          request,
          response,
          limits.maxRequestBytes,
        );
      }
    }
    for (const [name, value] of Object.entries(corsHeaders)) {
      response.setHeader(name, value);
    }
    const values = createContextValues().set(sendHeaders, (headers) =>
      writeHeaders(response, 200, headers),
    );
    const call = universalRequestFromNodeRequest(
      request,
      response,
      undefined,
      values,
    );
    const result = await connect(call);
    const end = await writeResponse(result, response, limits.slowReaderMs);
    if (end !== "reader-too-slow") return;
    metrics.streamCut();
    log("answer-cut", { method });
  } catch (error) {
    const reason = error instanceof Error ? error.name : typeof error;
    log("answer-failed", { method, reason });
  }
  cutOff(response);
}

/** gRPC reports everything by trailers, or by headers in their place, and never by HTTP's status. */
function grpcStatus(code: Code): Readonly<Record<string, string>> {
  return { "content-type": "application/grpc", "grpc-status": `${code}` };
}

function tooMany(request: NodeRequest, response: NodeResponse): void {
  if (isGrpc(request)) {
    answer(response, 200, "", grpcStatus(Code.ResourceExhausted));
  } else {
    answer(response, 429, "too many requests\n", corsHeaders);
  }
}

async function answerMetrics(
  response: NodeResponse,
  metrics: NodeMetrics,
): Promise<void> {
  const text = await metrics.text();
  answer(response, 200, text, { "content-type": metrics.contentType });
}

function isGrpc({ headers }: NodeRequest): boolean {
  return headers["content-type"]?.startsWith("application/grpc") ?? false;
}

function answer(
  response: NodeResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if ("stream" in response) response.writeHead(status, headers);
  else response.writeHead(status, headers);
  response.end(text);
}
