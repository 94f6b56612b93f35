import type { GroupStateChanges } from "@history-sync/mls-group";
import type { Store } from "@history-sync/store";
import type { SyncRequest } from "@history-sync/sync-worker";
import type { KillSwitch } from "./kill-switch.ts";
import { watched } from "./watched.ts";

/** A store with its writes as points. */
export function watchedStore(store: Store, kill: KillSwitch): Store {
  const { history, groups, requests, spool } = store;
  const { archives, outbox } = requests;
  const shelf = watched(
    archives,
    {
      put: () => "shelving the reply",
      remove: () => "forgetting the reply",
    },
    kill,
  );
  const preferences = watched(
    outbox,
    {
      put: () => "keeping a preference",
      remove: () => "forgetting a preference",
      setKeyAudience: () => "keeping whom the HMAC key is for",
    },
    kill,
  );
  return {
    history: watched(
      history,
      {
        mergePage: (page) => (page.import ? "merging a page" : "merging news"),
      },
      kill,
    ),
    groups: watched(groups, { commit: nameOfCommit }, kill),
    requests: watched(
      requests,
      { put: nameOfRequest, decideInitialRequest: () => "deciding to ask" },
      kill,
      { archives: shelf, outbox: preferences },
    ),
    spool: watched(
      spool,
      {
        append: () => "spooling a piece",
        flush: () => "flushing the spool",
        remove: () => "forgetting the spooled archive",
      },
      kill,
    ),
    close: () => store.close(),
  };
}

function nameOfRequest({ stage, uploadsToDelete }: SyncRequest): string {
  if (stage.name === "preparing") {
    const { begun, spooled } = stage;
    // The speed of the server decides which of them is first.
    if (begun && spooled) return "keeping stage preparing, begun and spooled";
    if (begun) return "keeping stage preparing, begun";
  }
  if (stage.name === "receipted" && uploadsToDelete.length > 0) {
    return "keeping stage receipted, to be deleted";
  }
  return `keeping stage ${stage.name}`;
}

/** By what matters most of what it changes. */
function nameOfCommit(changes: GroupStateChanges): string {
  const { groups = [], outbox = [], received = [], handled = [] } = changes;
  if (groups.some(({ pending }) => pending)) return "keeping an own commit";
  if (outbox.length > 0) return "keeping a message to be sent";
  if (received.length > 0) return "keeping received messages";
  if (handled.length > 0) return "forgetting handled messages";
  if (groups.length > 0) return "keeping a group";
  if (changes.keyPackages) return "keeping a key package";
  return "keeping the installation";
}
