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

/** A clock at the time of the sample rows, and two years before libxmtp's fixtures. */
export const clock = new ManualClock(Number(sampleNs / 1_000_000n));

/** The elements of an archive, by default without a manifest. */
export async function exported(
  source: ArchiveSource,
  options: Partial<ExportOptions> = {},
): Promise<readonly Element[]> {
  const frames = await exportedFrames(source, {
    includeManifest: false,
    ...options,
  });
  return frames.map((frame, position) => decodeElement(frame, { position }));
}

/** The frames of an archive, by default with a manifest. */
export async function exportedFrames(
  source: ArchiveSource,
  options: Partial<ExportOptions> = {},
): Promise<readonly Uint8Array[]> {
  return collect(exportArchive(source, { clock, ...options }));
}

export async function collect<Item>(
  items: AsyncIterable<Item>,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function* each<Item>(
  items: readonly Item[],
): AsyncGenerator<Item, void, undefined> {
  yield* items;
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
