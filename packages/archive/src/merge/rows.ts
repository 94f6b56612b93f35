import {
  type ConsentSave,
  ConversationTypeSave,
  type GroupMessageSave,
  type GroupSave,
  type HmacKeySave,
} from "@history-sync/proto/device-sync";
import type { Merge, Merged, MessageOutcome, Rows } from "../archive-sink.js";
import { bytesKey } from "../bytes-key.js";
import {
  checkConsent,
  checkGroup,
  checkHmacKey,
  checkMessage,
  type SkipReason,
} from "../check-rows.js";
import { RowTally } from "../row-counts.js";
import { clampConsent, mergeConsent } from "./consent.js";
import { isStub, mergeGroup, stubFor, withLastMessage } from "./group.js";
import { clampHmacKey, mergeHmacKey } from "./hmac-key.js";
import { mergeMessage } from "./message.js";

/**
 * Returns the merge for everything that comes from elsewhere, an archive or another installation: rows beyond the
 * limits are skipped, local rows win, and nothing else is dropped. `nowNs` is this installation's time.
 */
export function mergeRows(nowNs: bigint): Merge {
  return (local, page) => {
    const merging = new Merging(local, nowNs);
    for (const group of page.groups) merging.group(group);
    const outcomes = page.messages.map((message) => merging.message(message));
    for (const consent of page.consent) merging.consent(consent);
    if (page.hmacKey) merging.hmacKey(page.hmacKey);
    return merging.merged(outcomes);
  };
}

type Kind = "groups" | "messages" | "consent" | "hmacKey";

class Merging {
  readonly #nowNs: bigint;
  readonly #groups: Table<GroupSave>;
  readonly #messages: Table<GroupMessageSave>;
  readonly #consent: Table<ConsentSave>;
  readonly #hmacKey: Table<HmacKeySave>;
  readonly #conflicts: Uint8Array[] = [];
  readonly #counts = {
    groups: new RowTally(),
    stubs: 0,
    untyped: 0,
    messages: new RowTally(),
    consent: new RowTally(),
    hmacKey: new RowTally(),
  };

  constructor(local: Rows, nowNs: bigint) {
    this.#nowNs = nowNs;
    this.#groups = new Table(local.groups, ({ id }) => bytesKey(id));
    this.#messages = new Table(local.messages, ({ id }) => bytesKey(id));
    this.#consent = new Table(local.consent, consentKey);
    this.#hmacKey = new Table(local.hmacKey ? [local.hmacKey] : [], () => "");
  }

  group(other: GroupSave): void {
    if (this.#isSkipped("groups", checkGroup(other))) return;
    const key = bytesKey(other.id);
    const local = this.#groups.get(key);
    if (!local && isStub(other)) this.#counts.untyped++;
    this.#put(this.#groups, key, mergeGroup(local, other), "groups");
  }

  message(other: GroupMessageSave): MessageOutcome {
    if (this.#isSkipped("messages", checkMessage(other))) return "skipped";
    const groupKey = bytesKey(other.groupId);
    const group = this.#groups.get(groupKey);
    const isOfSyncGroup = group?.conversationType === ConversationTypeSave.SYNC;
    if (this.#isSkipped("messages", isOfSyncGroup ? "sync-group" : undefined)) {
      return "skipped";
    }
    const key = bytesKey(other.id);
    const local = this.#messages.get(key);
    const { message, isConflict } = mergeMessage(local, other);
    if (isConflict) {
      this.#counts.messages.count("conflicts");
      this.#conflicts.push(other.id);
      return "conflicting";
    }
    this.#put(this.#messages, key, message, "messages");
    if (!group) {
      this.#counts.stubs++;
      this.#groups.set(groupKey, stubFor(message));
    } else if (isStub(group)) {
      this.#groups.set(groupKey, withLastMessage(group, message.sentAtNs));
    }
    return "present";
  }

  consent(other: ConsentSave): void {
    if (this.#isSkipped("consent", checkConsent(other))) return;
    const key = consentKey(other);
    const local = this.#consent.get(key);
    const clamped = clampConsent(other, this.#nowNs);
    const winner = local ? mergeConsent(local, clamped) : clamped;
    this.#put(this.#consent, key, winner, "consent");
  }

  hmacKey(other: HmacKeySave): void {
    if (this.#isSkipped("hmacKey", checkHmacKey(other))) return;
    const local = this.#hmacKey.get("");
    const clamped = clampHmacKey(other, this.#nowNs);
    const winner = local ? mergeHmacKey(local, clamped) : clamped;
    this.#put(this.#hmacKey, "", winner, "hmacKey");
  }

  merged(outcomes: readonly MessageOutcome[]): Merged {
    return {
      write: {
        groups: this.#groups.changed(),
        messages: this.#messages.changed(),
        consent: this.#consent.changed(),
        hmacKey: this.#hmacKey.changed()[0],
      },
      counts: this.#counts,
      conflicts: this.#conflicts,
      outcomes,
    };
  }

  #isSkipped(kind: Kind, reason: SkipReason | undefined): boolean {
    if (reason) this.#counts[kind].skip(reason);
    return reason !== undefined;
  }

  #put<Row>(table: Table<Row>, key: string, row: Row, kind: Kind): void {
    const isNew = table.get(key) === undefined;
    const isChanged = table.set(key, row);
    const fate = isNew ? "inserted" : isChanged ? "updated" : "alreadyThere";
    this.#counts[kind].count(fate);
  }
}

function consentKey({ entityType, entity }: ConsentSave): string {
  return `${entityType}:${entity}`;
}

/** The rows of one kind by key, with those that changed. */
class Table<Row> {
  readonly #rows: Map<string, Row>;
  readonly #changed = new Map<string, Row>();

  constructor(rows: readonly Row[], keyOf: (row: Row) => string) {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** Sets a row, unless it is the same object as before. */
  set(key: string, row: Row): boolean {
    if (this.#rows.get(key) === row) return false;
    this.#rows.set(key, row);
    this.#changed.set(key, row);
    return true;
  }

  changed(): readonly Row[] {
    return [...this.#changed.values()];
  }
}
