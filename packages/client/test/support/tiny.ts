import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import tinyUrl from "@history-sync/fixtures/libxmtp/tiny.xmtp?inline";
import { fromHex, streamOf } from "@history-sync/primitives";

/** An archive that real libxmtp made: 2 conversations, 3 messages, 4 consent records. */
export const tinyKey: Uint8Array = fromHex(tiny.keyHex);

export async function tinyBytes(): Promise<ReadableStream<Uint8Array>> {
  return streamOf([await (await fetch(tinyUrl)).bytes()]);
}

/** Its conversation with one message, and that with two. */
export const tinyGroup = "860112eaa428ce3c3f8621abc8e5e76f";
export const tinyGroupOfTwo = "ed5977979a11d34db5492d17cc495736";
