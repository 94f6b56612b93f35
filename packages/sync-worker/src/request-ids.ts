import type { InstallationId } from "@history-sync/primitives";
import type { SyncRequest } from "./sync-request.js";

/** One's own request. */
export function askedId(pin: string): string {
  return `asked:${pin}`;
}

/** Another installation's request. */
export function answeringId(requester: InstallationId, pin: string): string {
  return `answering:${requester}:${pin}`;
}

/** An archive that is sent without a request; `once` tells those of one pin apart. */
export function sendingId(pin: string, once: string): string {
  return `sending:${once}:${pin}`;
}

/** An archive that is taken in without a request. */
export function takingId(messageId: string): string {
  return `taking:${messageId}`;
}

/** Whether there is a request on the wire, so that others wait for its answer. */
export function wasAsked({ id }: SyncRequest): boolean {
  return id.startsWith("asked:") || id.startsWith("answering:");
}
