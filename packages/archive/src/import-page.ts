import { type Clock, nowNs } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConversationTypeSave,
  DeliveryStatusSave,
  type GroupMessageSave,
  type GroupSave,
  type HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { Rows } from "./archive-sink.js";
import { bytesKey } from "./bytes-key.js";
import { checkHmacKey } from "./check-rows.js";
import type { Element } from "./element.js";
import type { ImportTally } from "./import-summary.js";
import type { SeenArchive } from "./manifest/import-state.js";
import { clampConsent } from "./merge/consent.js";
import { clampHmacKey, mergeHmacKey } from "./merge/hmac-key.js";

/** Collects the rows of one page. */
export class PageRows implements Rows {
  readonly groups: GroupSave[] = [];
  readonly messages: GroupMessageSave[] = [];
  readonly consent: ConsentSave[] = [];
  hmacKey: HmacKeySave | undefined;
  /** Messages that aren't passed to the merge. */
  readonly refused: GroupMessageSave[] = [];
  /** Frames on the page, also those without a row. */
  frames = 0;
  bytes = 0;
}

// Bounds the memory that a hostile archive can take. Honest archives contain no sync group at all.
const maxSyncGroups = 10_000;

/** Puts the elements of one archive on pages, and remembers what later pages need of earlier ones. */
export class Paginator {
  readonly #seen: SeenArchive;
  readonly #tally: ImportTally;
  readonly #clock: Clock;

  constructor(seen: SeenArchive, tally: ImportTally, clock: Clock) {
    this.#seen = seen;
    this.#tally = tally;
    this.#clock = clock;
  }

  add(element: Element, page: PageRows): void {
    switch (element.case) {
      case "group":
        this.#seen.groups++;
        this.#noteSyncGroup(element.value);
        page.groups.push(element.value);
        break;
      case "groupMessage":
        this.#addMessage(element.value, page);
        break;
      case "consent":
        this.#seen.consent++;
        page.consent.push(clampConsent(element.value, this.#exportedAtNs()));
        break;
      case "hmacKey":
        this.#addHmacKey(element.value, page);
        break;
      case "manifest":
        this.#seen.manifest ??= element.value;
        break;
      case "metadata":
        break;
      default:
        this.#tally.unknownElements++;
    }
  }

  #addMessage(message: GroupMessageSave, page: PageRows): void {
    if (this.#isOfSyncGroup(message)) {
      this.#tally.messages.skip("sync-group");
      page.refused.push(message);
    } else {
      page.messages.push(failedIfUnpublished(message));
    }
  }

  /** Keeps the key that wins on this page. A key that would be skipped must not win. */
  #addHmacKey(other: HmacKeySave, page: PageRows): void {
    const reason = checkHmacKey(other);
    if (reason) {
      this.#tally.hmacKey.skip(reason);
      return;
    }
    const hmacKey = clampHmacKey(other, this.#exportedAtNs());
    page.hmacKey = page.hmacKey ? mergeHmacKey(page.hmacKey, hmacKey) : hmacKey;
  }

  #noteSyncGroup({ id, conversationType }: GroupSave): void {
    const { syncGroups } = this.#seen;
    const isSync = conversationType === ConversationTypeSave.SYNC;
    if (isSync && syncGroups.size < maxSyncGroups) {
      syncGroups.set(bytesKey(id), Uint8Array.from(id));
    }
  }

  #isOfSyncGroup({ groupId }: GroupMessageSave): boolean {
    const { syncGroups } = this.#seen;
    return syncGroups.size > 0 && syncGroups.has(bytesKey(groupId));
  }

  /**
   * Returns the time when the archive was made, but at most now. Nothing in it counts as newer, so that a replayed old
   * archive stays old.
   */
  #exportedAtNs(): bigint {
    const now = nowNs(this.#clock);
    const exportedAtNs = this.#seen.metadata?.exportedAtNs ?? 0n;
    return exportedAtNs > 0n && exportedAtNs < now ? exportedAtNs : now;
  }
}

/**
 * Returns a message that wasn't sent when the archive was made as failed: this installation can't send it. It counts as
 * sent when it arrives from its sender.
 */
function failedIfUnpublished(message: GroupMessageSave): GroupMessageSave {
  return message.deliveryStatus === DeliveryStatusSave.UNPUBLISHED
    ? { ...message, deliveryStatus: DeliveryStatusSave.FAILED }
    : message;
}
