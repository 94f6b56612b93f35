import type { InstallationId } from "@history-sync/primitives";
import type { SyncRequest } from "./sync-request.js";

/** The fields of a request that its origin decides. */
type NewRequest = Omit<
  SyncRequest,
  "acknowledgements" | "exportsBegunAtNs" | "uploadsToDelete" | "attempt"
>;

/** Returns a request of which nothing has been done so far. */
export function newRequest(fields: NewRequest): SyncRequest {
  return {
    acknowledgements: [],
    exportsBegunAtNs: [],
    uploadsToDelete: [],
    attempt: 1,
    ...fields,
  };
}

/** Returns the id of this installation's own request. */
export function ownRequestId(pin: string): string {
  return `own:${pin}`;
}

/** Returns the id of another installation's request. */
export function receivedRequestId(
  requester: InstallationId,
  pin: string,
): string {
  return `received:${requester}:${pin}`;
}

/** Returns the id of an archive that is sent without a request; `unique` tells those of one pin apart. */
export function sentArchiveId(pin: string, unique: string): string {
  return `sent:${unique}:${pin}`;
}

/** Returns the id of an archive that is imported by a call of the app. */
export function chosenArchiveId(messageId: string): string {
  return `chosen:${messageId}`;
}
