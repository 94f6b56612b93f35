import { create } from "@bufbuild/protobuf";
import { ManualClock } from "@history-sync/primitives/testing";
import { BackupMetadataSaveSchema } from "@history-sync/proto/device-sync";
import {
  type ArchiveSource,
  decodeElement,
  type Element,
  type ExportOptions,
  exportArchive,
  type ImportOptions,
  type ImportSummary,
  importArchive,
} from "../src/index.js";
import type { History } from "../src/testing/index.js";
import { sampleNs } from "../src/testing/index.js";
import { framesFrom } from "./fixtures.js";

/** Stands at the time of the sample rows, and two years before libxmtp's fixtures. */
export const clock = new ManualClock(Number(sampleNs / 1_000_000n));

export async function exported(
  source: ArchiveSource,
  options: Partial<ExportOptions> = {},
): Promise<readonly Element[]> {
  const elements: Element[] = [];
  for await (const frame of exportArchive(source, { clock, ...options })) {
    elements.push(decodeElement(frame, { position: elements.length }));
  }
  return elements;
}

export function metadata(exportedAtNs: bigint = sampleNs): Element {
  const value = create(BackupMetadataSaveSchema, { exportedAtNs });
  return { case: "metadata", value };
}

/** Imports an archive of these elements, after metadata. */
export function imported(
  history: History,
  elements: readonly Element[],
  options: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  const frames = framesFrom([metadata(), ...elements]);
  return importArchive(frames, history, {
    importId: "test",
    clock,
    ...options,
  });
}
