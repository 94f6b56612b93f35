import type { MlsGroup } from "@history-sync/mls-group";
import type { GroupSave } from "@history-sync/proto/device-sync";
import { ClientError } from "../errors.js";
import { conversationKey, groupsOf } from "../groups/conversation-key.js";
import type { ConversationContext } from "./context.js";

type GroupsContext = Pick<ConversationContext, "dmGroups" | "store">;

/** The groups of a conversation: those of a DM's two users, or a single one. */
export class ConversationGroups {
  readonly key: string;
  readonly #row: GroupSave;
  readonly #context: GroupsContext;

  constructor(row: GroupSave, context: GroupsContext) {
    this.key = conversationKey(row);
    this.#row = row;
    this.#context = context;
  }

  /** Returns the groups' rows, the one with the newest message first. */
  rows(): Promise<readonly GroupSave[]> {
    return groupsOf(this.#row, this.#context.store.history);
  }

  /** Returns the group that messages are sent in; undefined for a conversation that only an archive brought. */
  async current(): Promise<MlsGroup | undefined> {
    const { dmGroups } = this.#context;
    const row = dmGroups.current(await this.rows());
    return row && dmGroups.find(row);
  }

  /**
   * Returns the group that messages are sent in.
   *
   * @throws {ClientError} `conversation-inactive`
   */
  async expectActive(): Promise<MlsGroup> {
    const group = await this.current();
    if (group?.active) return group;
    throw new ClientError(
      "conversation-inactive",
      `expected to be a member, got ${group ? "removed" : "a conversation that came by an archive"}`,
    );
  }

  /** Runs work for each MLS group, also after a failure. Rejects with the first failure at the end. */
  async inEach(work: (group: MlsGroup) => Promise<void>): Promise<void> {
    const { dmGroups } = this.#context;
    const groups = (await this.rows()).flatMap(
      (row) => dmGroups.find(row) ?? [],
    );
    const failures: unknown[] = [];
    for (const group of groups) {
      await work(group).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
