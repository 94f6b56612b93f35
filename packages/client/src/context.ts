import type { IdentityLog } from "@history-sync/identity";
import type { DeliveryService, MlsInstallation } from "@history-sync/mls-group";
import type {
  Clock,
  InboxId,
  Logger,
  RandomBytes,
} from "@history-sync/primitives";
import type { Store } from "@history-sync/store";

/** Services and identity that the parts of a client share. Each part takes those that it uses. */
export interface ClientContext {
  readonly store: Store;
  readonly inboxId: InboxId;
  /** The verified logs of all inboxes. */
  readonly identityLog: IdentityLog;
  /** This installation with all of its groups: conversations, sync groups and one-shot groups. */
  readonly installation: MlsInstallation;
  readonly deliveryService: DeliveryService;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
}
