import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { MessageOrder, Selection } from "./selection.js";

/** Where history is exported from. */
export interface ArchiveSource {
  /** One consistent view of the whole history: what is written after this call isn't in it. */
  snapshot(): Promise<ArchiveSnapshot>;
}

/** A view to be read once and closed. Rows come in pages, so that a million of them never stand in memory. */
export interface ArchiveSnapshot {
  /** Conversations made in the selection's window, and those of every selected message, by id; never sync groups. */
  groups(selection: Selection): AsyncIterable<readonly GroupSave[]>;
  /**
   * Selected application messages in key order (`sent_at_ns`, `id`), one way or the other; none of sync groups, and none
   * that expired. A message that an import brought doesn't expire: XMTP's archives don't say when it would.
   */
  messages(
    selection: Selection,
    order: MessageOrder,
  ): AsyncIterable<readonly GroupMessageSave[]>;
  /** Consent records by kind and entity: every one, or those about the selected conversations. */
  consent(selection: Selection): AsyncIterable<readonly ConsentSave[]>;
  hmacKey(): Promise<HmacKeySave | undefined>;
  /** Lets go of the view; a second call does nothing. */
  close(): Promise<void>;
}
