import type { KeyedMutex, SubscribeOptions } from "@history-sync/async";
import type {
  Finding,
  InstallationWatcher,
} from "@history-sync/installation-watcher";
import type { GroupId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import type { DmGroups } from "../groups/dm-groups.js";
import type { Ledger } from "../messages/ledger.js";
import type { Message } from "../messages/message.js";
import type { Outbox } from "../messages/outbox.js";
import type { Receiver } from "../messages/receiver.js";
import type { Preferences } from "../preferences/preferences.js";

/** Everything that `Conversation` objects share. */
export interface ConversationContext extends ClientContext {
  readonly preferences: Preferences;
  readonly dmGroups: DmGroups;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
  readonly outbox: Outbox;
  /** Serializes the user's requests to leave a conversation. */
  readonly leaving: KeyedMutex<GroupId>;
  /** Keeps the members of each conversation up to date with their inboxes. */
  readonly watcher: InstallationWatcher<GroupId, Finding>;
  /** Returns messages as they arrive from the node, from the call on. */
  readonly messages: (
    options: Pick<SubscribeOptions<Message>, "filter" | "signal">,
  ) => AsyncIterableIterator<Message>;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}
