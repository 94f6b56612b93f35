import type { DescService } from "@bufbuild/protobuf";
import { Code, type ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { Clock, Logger } from "@history-sync/primitives";
import { callError } from "./call-errors.js";
import { XmtpNodeError } from "./errors.js";
import type { NodeMetrics } from "./metrics.js";

export interface ObserverPorts {
  readonly metrics: NodeMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

type Methods = Record<string, (...args: readonly unknown[]) => unknown>;

/** Returns the same service with its calls counted and its errors as gRPC's; those that are the node's fault are logged. */
export function observed<Service extends DescService>(
  service: Service,
  methods: ServiceImpl<Service>,
  ports: ObserverPorts,
): ServiceImpl<Service> {
  const result: Methods = {};
  for (const { localName, name, methodKind } of service.methods) {
    const method = (methods as Methods)[localName];
    if (!method) continue;
    result[localName] =
      methodKind === "unary"
        ? (...args) => answer(new Call(name, ports), () => method(...args))
        : (...args) =>
            stream(
              new Call(name, ports),
              () => method(...args) as AsyncIterable<unknown>,
            );
  }
  return result as ServiceImpl<Service>;
}

async function answer(call: Call, work: () => unknown): Promise<unknown> {
  try {
    const result = await work();
    call.ended("Ok");
    return result;
  } catch (error) {
    throw call.failed(error);
  }
}

async function* stream(
  call: Call,
  work: () => AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  // A stream that its reader leaves ends here silently.
  let end = () => call.ended("Canceled");
  try {
    yield* work();
    end = () => call.ended("Ok");
  } catch (error) {
    end = () => {};
    throw call.failed(error);
  } finally {
    end();
  }
}

class Call {
  readonly #method: string;
  readonly #ports: ObserverPorts;
  readonly #startMs: number;

  constructor(method: string, ports: ObserverPorts) {
    this.#method = method;
    this.#ports = ports;
    this.#startMs = ports.clock.nowMs();
  }

  ended(code: string): void {
    const { metrics, clock } = this.#ports;
    const seconds = (clock.nowMs() - this.#startMs) / 1_000;
    metrics.callEnded(this.#method, code, seconds);
  }

  failed(cause: unknown): ConnectError {
    const error = callError(cause);
    const code = Code[error.code];
    this.ended(code);
    if (error.code === Code.Internal || error.code === Code.Unavailable) {
      const reason = reasonOf(cause);
      this.#ports.log("call-failed", { method: this.#method, code, reason });
    }
    return error;
  }
}

/** Other packages' error texts are left out: they may contain anything. */
function reasonOf(cause: unknown): string {
  if (cause instanceof XmtpNodeError) return cause.message;
  return cause instanceof Error ? cause.name : typeof cause;
}
