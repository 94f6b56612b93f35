import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import { fromHex, streamOf } from "@history-sync/primitives";

/** An archive that real libxmtp made: 2 conversations, 3 messages, 4 consent records. */
export const tinyKey: Uint8Array = fromHex(tiny.keyHex);

export async function tinyBytes(): Promise<ReadableStream<Uint8Array>> {
  const url = import.meta.resolve("@history-sync/fixtures/libxmtp/tiny.xmtp");
  return streamOf([await readFile(fileURLToPath(url))]);
}

export const tinyGroup = "860112eaa428ce3c3f8621abc8e5e76f";
