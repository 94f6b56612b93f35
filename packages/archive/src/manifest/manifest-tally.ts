import { create } from "@bufbuild/protobuf";
import type { GroupMessageSave } from "@history-sync/proto/device-sync";
import {
  type ArchiveManifest,
  ArchiveManifestSchema,
  ConversationManifestSchema,
} from "@history-sync/proto/history-sync";
import { bytesKey } from "../bytes-key.js";
import type { Element } from "../element.js";
import { DigestSum, messageHash } from "./digest-sum.js";
import type { ArchiveOrigin } from "./ids.js";

/**
 * More conversations than any user has. Further ones are counted and digested only in the archive's totals, so that an
 * import has to remember at most a few megabytes.
 */
export const maxManifestConversations = 65_536;

interface ConversationTally {
  readonly groupId: Uint8Array;
  messages: number;
  oldestSentAtNs: bigint;
  newestSentAtNs: bigint;
  readonly digest: DigestSum;
}

/** Builds the manifest of an archive from its elements. */
export class ManifestTally {
  readonly #conversations = new Map<string, ConversationTally>();
  readonly #digest = new DigestSum();
  #groups = 0;
  #messages = 0;
  #consent = 0;

  add(element: Element): void {
    switch (element.case) {
      case "group":
        this.#groups++;
        break;
      case "groupMessage":
        this.#addMessage(element.value);
        break;
      case "consent":
        this.#consent++;
    }
  }

  manifest({ archiveId, installationId }: ArchiveOrigin): ArchiveManifest {
    return create(ArchiveManifestSchema, {
      ...(archiveId ? { archiveId } : {}),
      ...(installationId ? { installationId } : {}),
      groups: this.#groups,
      consent: this.#consent,
      messages: this.#messages,
      digest: this.#digest.bytes(),
      conversations: [...this.#conversations.values()].map((conversation) =>
        create(ConversationManifestSchema, {
          ...conversation,
          digest: conversation.digest.bytes(),
        }),
      ),
    });
  }

  #addMessage(message: GroupMessageSave): void {
    const hash = messageHash(message);
    this.#messages++;
    this.#digest.add(hash);
    const conversation = this.#conversation(message);
    if (!conversation) return;
    const { sentAtNs } = message;
    conversation.messages++;
    conversation.digest.add(hash);
    if (sentAtNs < conversation.oldestSentAtNs) {
      conversation.oldestSentAtNs = sentAtNs;
    }
    if (sentAtNs > conversation.newestSentAtNs) {
      conversation.newestSentAtNs = sentAtNs;
    }
  }

  #conversation({
    groupId,
    sentAtNs,
  }: GroupMessageSave): ConversationTally | undefined {
    const key = bytesKey(groupId);
    const known = this.#conversations.get(key);
    if (known || this.#conversations.size >= maxManifestConversations) {
      return known;
    }
    const conversation = {
      groupId: Uint8Array.from(groupId), // not a view of a whole page
      messages: 0,
      oldestSentAtNs: sentAtNs,
      newestSentAtNs: sentAtNs,
      digest: new DigestSum(),
    };
    this.#conversations.set(key, conversation);
    return conversation;
  }
}
