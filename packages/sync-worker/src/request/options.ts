import { create } from "@bufbuild/protobuf";
import type { ExportOptions } from "@history-sync/archive";
import { groupIdOf, idBytes } from "@history-sync/primitives";
import {
  type ArchiveOptions,
  ArchiveOptionsSchema,
  BackupElementSelection,
} from "@history-sync/proto/device-sync";

/** The history to request or to export. Default: messages and consent, of all time. */
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
  /** The last days to include, in place of `startNs`. */
  readonly days?: number;
  /** The most bytes of conversations and messages before compression. The newest are included. */
  readonly maxBytes?: number;
}

const selections = {
  messages: BackupElementSelection.MESSAGES,
  consent: BackupElementSelection.CONSENT,
} as const;

const nsPerDay = 24n * 60n * 60n * 1_000_000_000n;

/** Returns the options as a message of the wire; `days` count back from `nowNs`. */
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
 * Returns the history that a request is for, without elements that this version doesn't know.
 *
 * @throws {PrimitivesError} `invalid-id` for a conversation id of the wrong length
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
