import { create } from "@bufbuild/protobuf";
import type { ExportOptions } from "@history-sync/archive";
import {
  type ArchiveOptions,
  ArchiveOptionsSchema,
  BackupElementSelection,
} from "@history-sync/proto/device-sync";

/** What to ask for; by default messages and consent, of all time. */
export type HistoryOptions = Pick<
  ExportOptions,
  "elements" | "startNs" | "endNs" | "excludeDisappearingMessages"
>;

const selections = {
  messages: BackupElementSelection.MESSAGES,
  consent: BackupElementSelection.CONSENT,
} as const;

export function wireOptions({
  elements = ["messages", "consent"],
  startNs,
  endNs,
  excludeDisappearingMessages = false,
}: HistoryOptions): ArchiveOptions {
  return create(ArchiveOptionsSchema, {
    elements: elements.map((element) => selections[element]),
    ...(startNs === undefined ? {} : { startNs }),
    ...(endNs === undefined ? {} : { endNs }),
    excludeDisappearingMessages,
  });
}

/** What a request asks for; elements that this version doesn't know are left out. */
export function exportOptions(wire: ArchiveOptions): HistoryOptions {
  const wanted = new Set(wire.elements);
  return {
    elements: (["messages", "consent"] as const).filter((element) =>
      wanted.has(selections[element]),
    ),
    ...(wire.startNs === undefined ? {} : { startNs: wire.startNs }),
    ...(wire.endNs === undefined ? {} : { endNs: wire.endNs }),
    excludeDisappearingMessages: wire.excludeDisappearingMessages,
  };
}
