import type {
  Finding,
  InstallationWatcher,
} from "@history-sync/installation-watcher";
import type { GroupId } from "@history-sync/primitives";
import type { WatchOptions } from "../broadcast.js";
import type { ClientContext } from "../context.js";
import type { Preferences } from "../preferences.js";
import type { Turns } from "../turns.js";
import type { DmGroups } from "./dm-groups.js";
import type { Ledger } from "./ledger.js";
import type { Message } from "./message.js";
import type { Outbox } from "./outbox.js";

/** What conversations share. */
export interface ConversationContext extends ClientContext {
  readonly preferences: Preferences;
  readonly dmGroups: DmGroups;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** In which the user asks to leave conversations. */
  readonly leaving: Turns<GroupId>;
  /** Keeps the members of each conversation in line with their inboxes. */
  readonly watcher: InstallationWatcher<GroupId, Finding>;
  /** Messages as they come from the node, from the call on. */
  readonly messages: (
    options: Pick<WatchOptions<Message>, "only" | "signal">,
  ) => AsyncIterableIterator<Message>;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}
