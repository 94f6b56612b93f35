import type { MlsGroup } from "@history-sync/mls-group";
import {
  type MutableMetadata,
  metadataFields,
} from "@history-sync/mls-group/xmtp";
import {
  type GroupId,
  groupIdOf,
  type InboxId,
  inboxId,
} from "@history-sync/primitives";
import {
  ConversationTypeSave,
  type GroupSave,
} from "@history-sync/proto/device-sync";
import { metadataOf } from "./conversation-info.js";

export type MetadataField =
  (typeof metadataFields)[keyof typeof metadataFields];

/** The data of a conversation that needs no request: from its MLS group where there is one, else from the history. */
export class ConversationData {
  /** The group's id. Of a DM that of the group that messages were sent in when this object was created. */
  readonly id: GroupId;
  readonly #row: GroupSave;
  readonly #ownInboxId: InboxId;
  readonly #group: () => MlsGroup | undefined;

  /** `group` returns the MLS group, or undefined for a conversation that only an archive brought. */
  constructor(
    row: GroupSave,
    ownInboxId: InboxId,
    group: () => MlsGroup | undefined,
  ) {
    this.id = groupIdOf(row.id);
    this.#row = row;
    this.#ownInboxId = ownInboxId;
    this.#group = group;
  }

  get kind(): "group" | "dm" {
    return this.#row.conversationType === ConversationTypeSave.DM
      ? "dm"
      : "group";
  }

  get name(): string {
    return this.#attribute(metadataFields.name);
  }

  get description(): string {
    return this.#attribute(metadataFields.description);
  }

  get imageUrl(): string {
    return this.#attribute(metadataFields.imageUrl);
  }

  /** Inbox ids. */
  get admins(): readonly string[] {
    return this.#metadata().admins;
  }

  /** Inbox ids. */
  get superAdmins(): readonly string[] {
    return this.#metadata().superAdmins;
  }

  /** When this installation, or the one that sent the conversation's archive, created or joined it. */
  get createdAtNs(): bigint {
    return this.#row.createdAtNs;
  }

  /** The inbox that added this installation, or created the conversation. */
  get addedByInboxId(): string {
    return this.#row.addedByInboxId;
  }

  /** The other user of a DM. */
  get peerInboxId(): InboxId | undefined {
    const [, ...ids] = this.#row.dmId?.split(":") ?? [];
    const peer = ids.find((id) => id !== this.#ownInboxId);
    return peer === undefined ? undefined : inboxId(peer);
  }

  #attribute(field: MetadataField): string {
    return this.#metadata().attributes.get(field) ?? "";
  }

  #metadata(): MutableMetadata {
    return metadataOf(this.#row, this.#group());
  }
}
