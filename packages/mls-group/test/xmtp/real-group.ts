import real from "@history-sync/fixtures/libxmtp/sync-group-extensions.json" with {
  type: "json",
};
import { fromHex, type InboxId, inboxId } from "@history-sync/primitives";
import { type Extension, extensionTypes } from "../../src/index.js";

export const alix: InboxId = inboxId("a1".repeat(32));
export const bo: InboxId = inboxId("b0".repeat(32));

/** The extensions of a sync group that real libxmtp 1.10.0 made, after its first commit. */
export const realExtensions: readonly Extension[] = [
  {
    type: extensionTypes.immutableMetadata,
    data: fromHex(real.rawHex.im),
  },
  { type: extensionTypes.mutableMetadata, data: fromHex(real.rawHex.mm) },
  { type: extensionTypes.permissions, data: fromHex(real.rawHex.pp) },
  { type: extensionTypes.membership, data: fromHex(real.rawHex.ms) },
];

export function dataOf(
  extensions: readonly Extension[],
  wanted: number,
): Uint8Array {
  const found = extensions.find(({ type }) => type === wanted);
  if (!found) throw new RangeError(`no extension 0x${wanted.toString(16)}`);
  return found.data;
}
