import {
  createInstallationWatcher,
  type Finding,
  type InstallationWatcher,
} from "@history-sync/installation-watcher";
import type { GroupId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import type { Ledger } from "../messages/ledger.js";
import { bringInLine } from "./membership.js";

/**
 * Looks at the installations of a conversation's members: before a message at most every 5 seconds, on a sync at most
 * every 30 minutes. The time of the last look is kept with the conversation.
 */
export function watchMembers(
  context: ClientContext,
  ledger: Ledger,
): InstallationWatcher<GroupId, Finding> {
  const { installation, store, clock, log } = context;
  return createInstallationWatcher<GroupId>({
    async look(id, signal) {
      const group = installation.group(id);
      if (!group?.active) return { added: [], revoked: [] };
      const found = await bringInLine(group, {}, context, signal);
      await ledger.takeIn(group);
      return found;
    },
    times: {
      async get(id) {
        const row = await store.history.conversation(id as GroupId);
        return row?.installationsLastChecked;
      },
      set: (id, atNs) => ledger.noteLook(id as GroupId, atNs),
    },
    clock,
    log,
  });
}
