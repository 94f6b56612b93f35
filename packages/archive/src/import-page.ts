import { toHex } from "@history-sync/primitives";
import {
  type ConsentSave,
  ConversationTypeSave,
  type GroupMessageSave,
  type GroupSave,
  type HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { Rows } from "./archive-sink.js";
import { checkHmacKey } from "./check-rows.js";
import type { Element } from "./element.js";
import type { ImportTally } from "./import-summary.js";
import { clampConsent } from "./merge/consent.js";
import { clampHmacKey, mergeHmacKey } from "./merge/hmac-key.js";

/** Collects the rows of one page. */
export class PageRows implements Rows {
  readonly groups: GroupSave[] = [];
  readonly messages: GroupMessageSave[] = [];
  readonly consent: ConsentSave[] = [];
  hmacKey: HmacKeySave | undefined;
  /** Frames that went into the page, those without a row too. */
  frames = 0;
  bytes = 0;
}

// A hostile archive can't make the set grow without end; honest ones hold no sync group at all.
const maxSyncGroups = 10_000;

/** Puts the elements of one archive onto pages. */
export class Paginator {
  readonly #exportedAtNs: bigint;
  readonly #tally: ImportTally;
  readonly #syncGroups = new Set<string>();

  /** `exportedAtNs`: no consent is younger than the archive it came in, so that an old one that is replayed stays old. */
  constructor(exportedAtNs: bigint, tally: ImportTally) {
    this.#exportedAtNs = exportedAtNs;
    this.#tally = tally;
  }

  /** Learns from an element that an earlier run has merged. */
  pass(element: Element): void {
    if (element.case === "group") this.#noteSyncGroup(element.value);
  }

  add(element: Element, page: PageRows): void {
    switch (element.case) {
      case "group":
        this.#noteSyncGroup(element.value);
        page.groups.push(element.value);
        break;
      case "groupMessage":
        if (this.#isOfSyncGroup(element.value)) {
          this.#tally.messages.skip("sync-group");
        } else {
          page.messages.push(element.value);
        }
        break;
      case "consent":
        page.consent.push(clampConsent(element.value, this.#exportedAtNs));
        break;
      case "hmacKey":
        this.#addHmacKey(element.value, page);
        break;
      case "metadata":
        break;
      default:
        this.#tally.unknownElements++;
    }
  }

  /** A page has room for one: the winner, which must not be one that is skipped later. */
  #addHmacKey(other: HmacKeySave, page: PageRows): void {
    const reason = checkHmacKey(other);
    if (reason) {
      this.#tally.hmacKey.skip(reason);
      return;
    }
    const hmacKey = clampHmacKey(other, this.#exportedAtNs);
    page.hmacKey = page.hmacKey ? mergeHmacKey(page.hmacKey, hmacKey) : hmacKey;
  }

  #noteSyncGroup({ id, conversationType }: GroupSave): void {
    const isSync = conversationType === ConversationTypeSave.SYNC;
    if (isSync && this.#syncGroups.size < maxSyncGroups) {
      this.#syncGroups.add(toHex(id));
    }
  }

  #isOfSyncGroup({ groupId }: GroupMessageSave): boolean {
    return this.#syncGroups.size > 0 && this.#syncGroups.has(toHex(groupId));
  }
}
