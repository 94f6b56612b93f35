import { writeFile } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { type Element, encodeElement } from "@history-sync/archive";
import {
  type ArchiveFormat,
  sealArchive,
} from "@history-sync/encryption-codec";
import { fromHex, readAll } from "@history-sync/primitives";
import {
  BackupElementSelection,
  BackupMetadataSaveSchema,
} from "@history-sync/proto/device-sync";
import { tiny } from "./fixtures.js";

export const metadata: Element = {
  case: "metadata",
  value: create(BackupMetadataSaveSchema, {
    elements: [BackupElementSelection.MESSAGES],
    exportedAtNs: 1_700_000_000_123_456_789n,
    startNs: 1n,
  }),
};

/** Seals frames under the key of `tiny`. */
export async function writeFrames(
  path: string,
  frames: readonly Uint8Array[],
  format: ArchiveFormat = "xmtp-v0",
): Promise<void> {
  const key = fromHex(tiny.keyHex);
  await writeFile(path, await readAll(sealArchive(frames, { key, format })));
}

export function writeElements(
  path: string,
  elements: readonly Element[],
): Promise<void> {
  return writeFrames(path, elements.map(encodeElement));
}
