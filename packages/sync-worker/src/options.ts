import { create } from "@bufbuild/protobuf";
import type { ExportOptions } from "@history-sync/archive";
import { groupIdOf, idBytes } from "@history-sync/primitives";
import {
  type ArchiveOptions,
  ArchiveOptionsSchema,
  BackupElementSelection,
} from "@history-sync/proto/device-sync";

/** What to ask for; by default messages and consent, of all time. */
export interface HistoryOptions
  extends Pick<
    ExportOptions,
    | "elements"
    | "startNs"
    | "endNs"
    | "excludeDisappearingMessages"
    | "conversations"
    | "newestPerConversation"
  > {
  /** Of the last so many days; in place of `startNs`. */
  readonly days?: number;
  /** Conversations and messages of at most so many bytes before they are compressed, the newest. */
  readonly maxBytes?: number;
}

const selections = {
  messages: BackupElementSelection.MESSAGES,
  consent: BackupElementSelection.CONSENT,
} as const;

const nsPerDay = 24n * 60n * 60n * 1_000_000_000n;

export function wireOptions(
  {
    elements = ["messages", "consent"],
    days,
    startNs,
    endNs,
    excludeDisappearingMessages = false,
    conversations = [],
    newestPerConversation,
    maxBytes,
  }: HistoryOptions,
  nowNs: bigint,
): ArchiveOptions {
  const start =
    days === undefined ? startNs : nowNs - BigInt(Math.ceil(days)) * nsPerDay;
  return create(ArchiveOptionsSchema, {
    elements: elements.map((element) => selections[element]),
    ...(start !== undefined && { startNs: start }),
    ...(endNs !== undefined && { endNs }),
    excludeDisappearingMessages,
    groupIds: conversations.map(idBytes),
    ...(newestPerConversation !== undefined && { newestPerConversation }),
    ...(maxBytes !== undefined && { maxBytes: BigInt(maxBytes) }),
  });
}

/**
 * What a request asks for; elements that this version doesn't know are left out. Throws `invalid-id` for a conversation
 * that can't be one.
 */
export function exportOptions(wire: ArchiveOptions): HistoryOptions {
  const wanted = new Set(wire.elements);
  const { startNs, endNs, newestPerConversation, maxBytes } = wire;
  return {
    elements: (["messages", "consent"] as const).filter((element) =>
      wanted.has(selections[element]),
    ),
    ...(startNs !== undefined && { startNs }),
    ...(endNs !== undefined && { endNs }),
    excludeDisappearingMessages: wire.excludeDisappearingMessages,
    ...(wire.groupIds.length > 0 && {
      conversations: wire.groupIds.map(groupIdOf),
    }),
    ...(newestPerConversation !== undefined && { newestPerConversation }),
    ...(maxBytes !== undefined && { maxBytes: Number(maxBytes) }),
  };
}
