import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type {
  BackupMetadataSave,
  GroupMessageSave,
} from "@history-sync/proto/device-sync";
import {
  type ArchiveManifest,
  ConversationSeenSchema,
  type ImportState,
  ImportStateSchema,
  type MessagesSeen,
  MessagesSeenSchema,
} from "@history-sync/proto/history-sync";
import type { MessageOutcome } from "../archive-sink.js";
import { bytesKey } from "../bytes-key.js";
import { DigestSum, messageHash } from "./digest-sum.js";
import { maxManifestConversations } from "./manifest-tally.js";

/** The messages of a conversation that arrived, and their outcomes. */
export class SeenMessages {
  seen = 0;
  present = 0;
  conflicting = 0;
  readonly digest: DigestSum;

  constructor(earlier?: MessagesSeen) {
    this.seen = earlier?.seen ?? 0;
    this.present = earlier?.present ?? 0;
    this.conflicting = earlier?.conflicting ?? 0;
    this.digest = new DigestSum(earlier?.digest);
  }

  add(hash: Uint32Array, outcome: MessageOutcome): void {
    this.seen++;
    if (outcome !== "skipped") this[outcome]++;
    this.digest.add(hash);
  }

  toState(): MessagesSeen {
    const { seen, present, conflicting, digest } = this;
    return create(MessagesSeenSchema, {
      seen,
      present,
      conflicting,
      digest: digest.bytes(),
    });
  }
}

export interface SeenConversation {
  readonly groupId: Uint8Array;
  readonly messages: SeenMessages;
}

/**
 * What an import has seen of its archive in all its runs. It is stored with the cursor, so that the import can resume.
 */
export class SeenArchive {
  metadata: BackupMetadataSave | undefined;
  manifest: ArchiveManifest | undefined;
  /** The position from which the archive can be opened to resume, and the number of frames before it. */
  position: Uint8Array | undefined;
  positionFrames = 0;
  groups = 0;
  consent = 0;
  readonly messages: SeenMessages;
  readonly conversations: Map<string, SeenConversation> = new Map();
  readonly syncGroups: Map<string, Uint8Array> = new Map();

  constructor(stored?: Uint8Array) {
    const state = stored ? fromBinary(ImportStateSchema, stored) : undefined;
    this.messages = new SeenMessages(state?.messages);
    if (state) this.#load(state);
  }

  addMessage(message: GroupMessageSave, outcome: MessageOutcome): void {
    const hash = messageHash(message);
    this.messages.add(hash, outcome);
    this.#conversation(message.groupId)?.messages.add(hash, outcome);
  }

  /** Records that the archive can be opened at `position`, so that no earlier frame is needed again. */
  reach(position: Uint8Array, frames: number): void {
    this.position = position;
    this.positionFrames = frames;
  }

  toState(): Uint8Array<ArrayBuffer> {
    const { metadata, manifest, position, positionFrames } = this;
    const { groups, consent, syncGroups } = this;
    const state = create(ImportStateSchema, {
      ...(metadata ? { metadata } : {}),
      ...(manifest ? { manifest } : {}),
      ...(position ? { position } : {}),
      positionFrames,
      syncGroups: [...syncGroups.values()],
      groups,
      consent,
      messages: this.messages.toState(),
      conversations: [...this.conversations.values()].map((conversation) =>
        create(ConversationSeenSchema, {
          groupId: conversation.groupId,
          messages: conversation.messages.toState(),
        }),
      ),
    });
    return toBinary(ImportStateSchema, state);
  }

  #load(state: ImportState): void {
    this.metadata = state.metadata;
    this.manifest = state.manifest;
    this.position = state.position;
    this.positionFrames = state.positionFrames;
    this.groups = state.groups;
    this.consent = state.consent;
    for (const { groupId, messages } of state.conversations) {
      this.conversations.set(bytesKey(groupId), {
        groupId,
        messages: new SeenMessages(messages),
      });
    }
    for (const id of state.syncGroups) this.syncGroups.set(bytesKey(id), id);
  }

  #conversation(groupId: Uint8Array): SeenConversation | undefined {
    const key = bytesKey(groupId);
    const known = this.conversations.get(key);
    if (known || this.conversations.size >= maxManifestConversations) {
      return known;
    }
    const conversation = {
      groupId: Uint8Array.from(groupId), // not a view of a whole page
      messages: new SeenMessages(),
    };
    this.conversations.set(key, conversation);
    return conversation;
  }
}
