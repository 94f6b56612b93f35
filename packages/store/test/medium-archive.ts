import { fromJson } from "@bufbuild/protobuf";
import { type Element, encodeElement } from "@history-sync/archive";
import medium from "@history-sync/fixtures/libxmtp/medium.elements.json" with {
  type: "json",
};
import { ManualClock } from "@history-sync/primitives/testing";
import { BackupElementSchema } from "@history-sync/proto/device-sync";

/** A moment after libxmtp's archive was made: none of its messages has expired. */
export const clock = new ManualClock(1_795_391_000_000);
export const options = { importId: "medium", clock };

const elements: readonly Element[] = medium.map(
  (json) => fromJson(BackupElementSchema, json as never).element,
);

export const frameCount: number = elements.length;

/** libxmtp's archive. */
export async function* frames(): AsyncGenerator<Uint8Array> {
  for (const element of elements) yield encodeElement(element);
}
