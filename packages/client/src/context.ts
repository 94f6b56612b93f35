import type { IdentityLog } from "@history-sync/identity";
import type { DeliveryService, MlsInstallation } from "@history-sync/mls-group";
import type { Clock, Logger, RandomBytes } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import type { Inbox } from "./identity/inbox.js";

/** What the parts of a client share. */
export interface ClientContext {
  readonly store: Store;
  readonly inbox: Inbox;
  /** Of all inboxes. */
  readonly identityLog: IdentityLog;
  /** All groups of this installation are its: conversations and sync groups. */
  readonly installation: MlsInstallation;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}
