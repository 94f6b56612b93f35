import type { BackupMetadataSave } from "@history-sync/proto/device-sync";
import type { MergeCounts, Merged } from "./archive-sink.js";
import type { ImportReceipt } from "./manifest/receipt.js";
import { RowTally } from "./row-counts.js";

/** The result of one run of an import. It doesn't count what earlier runs of the same import merged. */
export interface ImportSummary extends MergeCounts {
  readonly metadata: BackupMetadataSave;
  /** The number of frames of the archive. */
  readonly frames: number;
  /** The number of frames that earlier runs had merged. */
  readonly resumedAfter: number;
  /** The number of elements of a kind that this version doesn't know, or that is no longer in use. */
  readonly unknownElements: number;
  /** Ids of messages whose local message has another body, at most a hundred; `messages.conflicts` counts all. */
  readonly conflicts: readonly Uint8Array[];
  /** The comparison with the manifest, over all runs; undefined for an archive without one. */
  readonly receipt?: ImportReceipt;
}

// Enough to show the user that something is wrong.
const maxConflicts = 100;

/** Adds up the outcomes of the pages of a run. */
export class ImportTally {
  readonly groups: RowTally = new RowTally();
  readonly messages: RowTally = new RowTally();
  readonly consent: RowTally = new RowTally();
  readonly hmacKey: RowTally = new RowTally();
  readonly conflicts: Uint8Array[] = [];
  stubs = 0;
  untyped = 0;
  unknownElements = 0;

  add({ counts, conflicts }: Merged): void {
    this.groups.add(counts.groups);
    this.messages.add(counts.messages);
    this.consent.add(counts.consent);
    this.hmacKey.add(counts.hmacKey);
    this.stubs += counts.stubs;
    this.untyped += counts.untyped;
    const room = maxConflicts - this.conflicts.length;
    this.conflicts.push(...conflicts.slice(0, room));
  }

  summary(
    run: Omit<
      ImportSummary,
      keyof MergeCounts | "unknownElements" | "conflicts"
    >,
  ): ImportSummary {
    const { groups, stubs, untyped, messages, consent, hmacKey } = this;
    const { unknownElements, conflicts } = this;
    const counts = { groups, stubs, untyped, messages, consent, hmacKey };
    return { ...run, ...counts, unknownElements, conflicts };
  }
}
