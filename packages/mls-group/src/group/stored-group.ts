import type { MlsContext } from "../context.js";
import type { GroupView } from "../engine/engine.js";
import { MlsGroupError } from "../errors.js";
import type {
  GroupRecord,
  GroupStateChanges,
} from "../ports/group-state-store.js";
import { viewOf } from "./group-view.js";

/**
 * A group's record as the store has it, and the view of its MLS state. A change is stored before it is adopted here. Its
 * methods are called under the mutex of the group.
 */
export class StoredGroup {
  readonly #context: MlsContext;
  #record: GroupRecord;
  #view: GroupView;

  constructor(record: GroupRecord, view: GroupView, context: MlsContext) {
    this.#record = record;
    this.#view = view;
    this.#context = context;
  }

  get record(): GroupRecord {
    return this.#record;
  }

  get view(): GroupView {
    return this.#view;
  }

  /** Stores the changes in one transaction, and adopts the record that is among them. */
  async write(record: GroupRecord, changes: GroupStateChanges): Promise<void> {
    await this.#context.store.commit(changes);
    await this.#adopt(record);
  }

  /** Does the same for a state of another branch, which may be in an epoch of the same number. */
  async replace(
    record: GroupRecord,
    changes: GroupStateChanges,
  ): Promise<void> {
    await this.write(record, changes);
    this.#view = await viewOf(record, this.#context.engine);
  }

  /** Reads the record again: memory may be ahead of the store after a transaction failed. */
  async reload(): Promise<void> {
    const record = await this.#context.store.group(this.#record.id);
    if (record) await this.#adopt(record);
  }

  /** @throws {MlsGroupError} `not-a-member` */
  expectActive(): void {
    if (this.#record.active) return;
    throw new MlsGroupError(
      "not-a-member",
      `expected to be a member in epoch ${this.#record.epoch}, got removed`,
    );
  }

  async #adopt(record: GroupRecord): Promise<void> {
    const isNewEpoch =
      record.epoch !== this.#record.epoch ||
      record.active !== this.#record.active;
    if (isNewEpoch) this.#view = await viewOf(record, this.#context.engine);
    this.#record = record;
  }
}
