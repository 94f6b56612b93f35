import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
  HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { Selection } from "./selection.js";

/** Where history is exported from. */
export interface ArchiveSource {
  /** One consistent view of the whole history: what is written after this call isn't in it. */
  snapshot(): Promise<ArchiveSnapshot>;
}

/** A view to be read once and disposed of. Rows come in pages, so that a million of them never stand in memory. */
export interface ArchiveSnapshot extends AsyncDisposable {
  /** Conversations in the selection's window, and those that any selected message needs, by id; never sync groups. */
  groups(selection: Selection): AsyncIterable<readonly GroupSave[]>;
  /** Selected application messages in key order (`sent_at_ns`, `id`). */
  messages(selection: Selection): AsyncIterable<readonly GroupMessageSave[]>;
  /** Every consent record, by kind and entity. */
  consent(): AsyncIterable<readonly ConsentSave[]>;
  hmacKey(): Promise<HmacKeySave | undefined>;
}
