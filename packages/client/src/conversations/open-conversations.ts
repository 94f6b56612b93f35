import { KeyedMutex } from "@history-sync/async";
import type { WatcherSettings } from "@history-sync/installation-watcher";
import type { ClientContext } from "../context.js";
import { healForks } from "../forks/heal-forks.js";
import { DmGroups } from "../groups/dm-groups.js";
import type { Inbox } from "../identity/inbox.js";
import { removeLeavers } from "../membership/leave.js";
import { updateOwnInstallations } from "../membership/own-installations.js";
import { watchMembers } from "../membership/watch-members.js";
import type { Ledger } from "../messages/ledger.js";
import { Outbox } from "../messages/outbox.js";
import { Receiver } from "../messages/receiver.js";
import type { Preferences } from "../preferences/preferences.js";
import { Topics } from "../sync/topics.js";
import { Welcomes } from "../sync/welcomes.js";
import type { Background } from "../work/background.js";
import type { ConversationContext } from "./context.js";
import { ConversationTasks } from "./conversation-tasks.js";
import { Conversations } from "./conversations.js";

export interface ConversationsOptions {
  readonly inbox: Inbox;
  readonly ledger: Ledger;
  readonly preferences: Preferences;
  readonly background: Background;
  readonly installationChecks: WatcherSettings;
  readonly closing: AbortSignal;
  /** True if the user's other installations are added to conversations at once. */
  readonly deviceSync: boolean;
}

/** Joins up the parts that conversations consist of. Nothing runs before the tasks are started. */
export function openConversations(
  services: ClientContext,
  options: ConversationsOptions,
): {
  readonly conversations: Conversations;
  readonly tasks: ConversationTasks;
} {
  const { inbox, ledger, preferences, background } = options;
  const { installationChecks, closing, deviceSync } = options;
  const dmGroups = new DmGroups(services.installation);
  const receiver = new Receiver(ledger, dmGroups);
  const topics = new Topics(services.installation);
  const context: ConversationContext = {
    ...services,
    preferences,
    dmGroups,
    ledger,
    receiver,
    closing,
    outbox: new Outbox(services, ledger, receiver),
    leaving: new KeyedMutex(),
    watcher: watchMembers(services, ledger, receiver, installationChecks),
    messages: ({ filter, signal }) =>
      ledger.arrivals.subscribe({
        filter,
        signal: signal ? AbortSignal.any([signal, closing]) : closing,
        onEnd: topics.addMessages(),
      }),
  };
  const heal = () => background.again("heal-forks", () => healForks(context));
  const updateOwn = () => {
    if (!deviceSync) return;
    background.again("own-installations", () =>
      updateOwnInstallations({ ...context, inbox }),
    );
  };
  ledger.forks.on(heal);
  ledger.leavers.on((id) =>
    background.again(`leavers ${id}`, () => removeLeavers(id, context)),
  );
  const welcomes = new Welcomes(services, receiver, {
    onGroups: () => topics.notifyChanged(),
    onSyncGroup: updateOwn,
    onHandled: heal,
  });
  return {
    conversations: new Conversations(context, welcomes, topics),
    tasks: new ConversationTasks({
      ...context,
      topics,
      welcomes,
      heal,
      updateOwnInstallations: updateOwn,
    }),
  };
}
