import { toHex } from "@history-sync/primitives";
import type {
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";
import { conversationTypeName } from "./names.js";
import { isoText, nsText } from "./times.js";

export interface ConversationReport {
  readonly id: string;
  /** The name; null for none, and for a conversation that only messages mention. */
  readonly name: string | null;
  /** "group", "dm" or "sync"; null for a conversation that only messages mention. */
  readonly type: string | null;
  readonly messages: number;
  /** When the oldest message was sent: nanoseconds since the Unix epoch, and the same in ISO 8601; null without messages. */
  readonly oldestNs: string | null;
  readonly oldest: string | null;
  readonly newestNs: string | null;
  readonly newest: string | null;
}

/** Counts an archive's messages by conversation. */
export class ConversationTally {
  readonly #conversations = new Map<string, Figures>();

  addGroup({ id, mutableMetadata, conversationType }: GroupSave): void {
    const figures = this.#figures(id);
    figures.name = mutableMetadata?.attributes.group_name || null;
    figures.type = conversationTypeName(conversationType);
  }

  addMessage({ groupId, sentAtNs }: GroupMessageSave): void {
    const figures = this.#figures(groupId);
    const { oldestNs = sentAtNs, newestNs = sentAtNs } = figures;
    figures.messages++;
    figures.oldestNs = sentAtNs < oldestNs ? sentAtNs : oldestNs;
    figures.newestNs = sentAtNs > newestNs ? sentAtNs : newestNs;
  }

  /** In the archive's order. */
  report(): ConversationReport[] {
    return [...this.#conversations].map(([id, figures]) => ({
      id,
      name: figures.name,
      type: figures.type,
      messages: figures.messages,
      oldestNs: nsText(figures.oldestNs),
      oldest: isoText(figures.oldestNs),
      newestNs: nsText(figures.newestNs),
      newest: isoText(figures.newestNs),
    }));
  }

  #figures(groupId: Uint8Array): Figures {
    const id = toHex(groupId);
    const known = this.#conversations.get(id);
    if (known) return known;
    const figures: Figures = { name: null, type: null, messages: 0 };
    this.#conversations.set(id, figures);
    return figures;
  }
}

interface Figures {
  name: string | null;
  type: string | null;
  messages: number;
  oldestNs?: bigint;
  newestNs?: bigint;
}
