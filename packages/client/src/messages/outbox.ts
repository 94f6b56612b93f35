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
import { Turns } from "../work/turns.js";
import { pushesByDefault } from "./content.js";
import type { Ledger } from "./ledger.js";

/** XMTP's nodes take no more than 4 MiB of a message; what is larger belongs into a remote attachment. */
const maxContentBytes = 1024 * 1024;

export interface SendOptions {
  /**
   * Whether push servers shall tell the other members' devices of the message. Default: by its content type. Of XMTP's
   * own, reactions, read receipts, edits, deletions and what tells of members aren't told of; all others are, and so are
   * those of other authorities.
   */
  readonly shouldPush?: boolean | undefined;
}

/** Messages of one's own: in the history first, then at the node, then published, when they came back from there. */
export class Outbox {
  readonly #context: ClientContext;
  readonly #ledger: Ledger;
  readonly #turns: Turns<GroupId> = new Turns();
  #lastSentAtNs = 0n;

  constructor(context: ClientContext, ledger: Ledger) {
    this.#context = context;
    this.#ledger = ledger;
  }

  /** Keeps a content, which goes out with the next `publish`. */
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
    const { installation, inbox, store } = this.#context;
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
      senderInboxId: inbox.id,
      sequence: undefined,
      shouldPush,
    });
    return id;
  }

  /** Whether there is anything to send. */
  async isWaiting(groupId: GroupId): Promise<boolean> {
    return (await this.#waiting(groupId)).length > 0;
  }

  /** Marks what waits as failed: this installation isn't a member any more. */
  async giveUp(groupId: GroupId): Promise<void> {
    const waiting = await this.#waiting(groupId);
    if (waiting.length > 0) await this.#ledger.markFailed(groupId, waiting);
  }

  /** Sends what is kept, in its order. A failure leaves the rest for the next time. */
  publish(group: MlsGroup, signal?: AbortSignal): Promise<void> {
    return this.#turns.run(group.id, async () => {
      // What came back meanwhile isn't sent twice.
      await this.#ledger.takeIn(group);
      for (const row of await this.#waiting(group.id)) {
        const { decryptedMessageBytes: content, sentAtNs } = row;
        const { id, plaintext } = wrapMessage(content, group.id, sentAtNs);
        const shouldPush = row.shouldPush ?? pushesByDefault(content);
        const options = { id, shouldPush, ...(signal && { signal }) };
        await group.send(plaintext, options);
      }
      await this.#ledger.takeIn(group);
    });
  }

  /** All are one's own: archives bring none. */
  #waiting(groupId: GroupId): Promise<readonly GroupMessageSave[]> {
    return this.#context.store.history.unpublished(groupId);
  }

  /** The time is part of a message's id: it never comes twice. It comes after what is there, however the clocks run. */
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
