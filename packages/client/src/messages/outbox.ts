import { KeyedMutex } from "@history-sync/async";
import type { MlsGroup } from "@history-sync/mls-group";
import { wrapMessage } from "@history-sync/mls-group/xmtp";
import { type GroupId, type MessageId, nowNs } from "@history-sync/primitives";
import type {
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";
import type { ClientContext } from "../context.js";
import { ClientError } from "../errors.js";
import { groupsOf } from "../groups/conversation-key.js";
import { pushesByDefault } from "./content.js";
import type { Ledger } from "./ledger.js";
import type { Receiver } from "./receiver.js";

// XMTP nodes refuse messages above 4 MiB; larger content belongs in a remote attachment.
const maxContentBytes = 1024 * 1024;

/** How one message is sent. */
export interface SendOptions {
  /**
   * True if push servers shall notify the other members' devices. Default: by content type. Of XMTP's own types,
   * reactions, read receipts, edits, deletions and membership changes don't notify; all others do, and so do types of
   * other authorities.
   */
  readonly shouldPush?: boolean | undefined;
}

type OutboxContext = Pick<
  ClientContext,
  "store" | "installation" | "inboxId" | "clock"
>;

/** Sends this installation's messages: each is stored in the history first, then sent, and published once it comes back from the node. */
export class Outbox {
  readonly #context: OutboxContext;
  readonly #ledger: Ledger;
  readonly #receiver: Receiver;
  readonly #turns: KeyedMutex<GroupId> = new KeyedMutex();
  #lastSentAtNs = 0n;

  constructor(context: OutboxContext, ledger: Ledger, receiver: Receiver) {
    this.#context = context;
    this.#ledger = ledger;
    this.#receiver = receiver;
  }

  /** Stores a content, to be sent by the next `publish`. */
  async keep(
    groupId: GroupId,
    content: Uint8Array,
    { shouldPush }: SendOptions,
  ): Promise<MessageId> {
    if (content.length > maxContentBytes) {
      throw new ClientError(
        "content-too-large",
        `expected at most ${maxContentBytes} bytes of content, got ${content.length}`,
      );
    }
    const { installation, inboxId, store } = this.#context;
    const group = await store.history.conversation(groupId);
    const groups = group ? await groupsOf(group, store.history) : [];
    const sentAtNs = this.#newSentAtNs(groups);
    const { id } = wrapMessage(content, groupId, sentAtNs);
    await this.#ledger.keepOwn({
      id,
      groupId,
      content,
      sentAtNs,
      sender: installation.id,
      senderInboxId: inboxId,
      sequence: undefined,
      shouldPush,
    });
    return id;
  }

  /** True if the group has messages that weren't sent yet. */
  async hasPending(groupId: GroupId): Promise<boolean> {
    return (await this.#pending(groupId)).length > 0;
  }

  /** Marks pending messages as failed, in a group that this installation was removed from. */
  async failPending(groupId: GroupId): Promise<void> {
    const pending = await this.#pending(groupId);
    if (pending.length > 0) await this.#ledger.markFailed(groupId, pending);
  }

  /** Sends pending messages in order. After a failure the rest stays pending. */
  publish(group: MlsGroup, signal?: AbortSignal): Promise<void> {
    return this.#turns.run(group.id, async () => {
      // A message that came back from the node meanwhile isn't sent twice.
      await this.#receiver.record(group);
      for (const row of await this.#pending(group.id)) {
        const { decryptedMessageBytes: content, sentAtNs } = row;
        const { id, plaintext } = wrapMessage(content, group.id, sentAtNs);
        const shouldPush = row.shouldPush ?? pushesByDefault(content);
        const options = { id, shouldPush, ...(signal && { signal }) };
        await group.send(plaintext, options);
      }
      await this.#receiver.record(group);
    });
  }

  /** Archives bring no unpublished messages, so that all of these are this installation's. */
  #pending(groupId: GroupId): Promise<readonly GroupMessageSave[]> {
    return this.#context.store.history.unpublished(groupId);
  }

  /** Returns a unique time, because a message's id contains it, later than all messages of the conversation. */
  #newSentAtNs(groups: readonly GroupSave[]): bigint {
    let ns = nowNs(this.#context.clock);
    const newest = groups.map(({ lastMessageNs }) => lastMessageNs ?? 0n);
    for (const taken of [this.#lastSentAtNs, ...newest]) {
      if (ns <= taken) ns = taken + 1n;
    }
    this.#lastSentAtNs = ns;
    return ns;
  }
}
