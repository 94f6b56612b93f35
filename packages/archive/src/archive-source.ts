import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { MessageOrder, Selection } from "./selection.js";

/** The port that history is exported from. */
export interface ArchiveSource {
  /** Returns a consistent view of the whole history. What is written after this call isn't in it. */
  snapshot(): Promise<ArchiveSnapshot>;
}

/**
 * A view that is read once and then closed. Rows come in pages, so that a million of them are never in memory together.
 */
export interface ArchiveSnapshot {
  /**
   * Returns the conversations created in the selection's window, and those of every selected message, by id. Sync
   * groups are never among them.
   */
  groups(selection: Selection): AsyncIterable<readonly GroupSave[]>;
  /**
   * Returns the selected application messages in key order (`sent_at_ns`, `id`), rising or falling. Messages of sync
   * groups and expired ones are never among them. A message that an import brought doesn't expire: XMTP's archives
   * don't say when it would.
   */
  messages(
    selection: Selection,
    order: MessageOrder,
  ): AsyncIterable<readonly GroupMessageSave[]>;
  /** Returns consent records by kind and entity: all of them, or those about the selected conversations. */
  consent(selection: Selection): AsyncIterable<readonly ConsentSave[]>;
  hmacKey(): Promise<HmacKeySave | undefined>;
  /** Releases the view. Does nothing the second time. */
  close(): Promise<void>;
}
