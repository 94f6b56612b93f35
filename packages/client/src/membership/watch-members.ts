import {
  createInstallationWatcher,
  type Finding,
  type InstallationWatcher,
  type WatcherPorts,
  type WatcherSettings,
} from "@history-sync/installation-watcher";
import type { GroupId } from "@history-sync/primitives";
import type { ClientContext } from "../context.js";
import type { Ledger } from "../messages/ledger.js";
import type { Receiver } from "../messages/receiver.js";
import { type MembershipContext, updateMembers } from "./update-members.js";

type WatchContext = MembershipContext &
  Pick<ClientContext, "store" | "clock" | "log">;

/**
 * Creates the watcher that checks the installations of conversations' members: by default before a message at most every
 * 5 seconds, on a sync at most every 30 minutes. The time of the last check is stored with the conversation.
 */
export function watchMembers(
  context: WatchContext,
  ledger: Ledger,
  receiver: Receiver,
  settings: WatcherSettings,
): InstallationWatcher<GroupId, Finding> {
  const { installation, store, clock, log } = context;
  const ports: WatcherPorts<GroupId> = {
    async checkInstallations(id, signal) {
      const group = installation.group(id);
      if (!group?.active) return { added: [], revoked: [] };
      const found = await updateMembers(group, {}, context, signal);
      await receiver.record(group);
      return found;
    },
    times: {
      async get(id) {
        const row = await store.history.conversation(id as GroupId);
        return row?.installationsLastChecked;
      },
      set: (id, atNs) => ledger.noteCheck(id as GroupId, atNs),
    },
    clock,
    log,
  };
  return createInstallationWatcher<GroupId>(ports, settings);
}
