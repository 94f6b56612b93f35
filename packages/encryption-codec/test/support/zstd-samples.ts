import { concatBytes } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";

const encoder = new TextEncoder();
const words = ["inbox", "installation", "group", "welcome", "commit", "epoch"];

/** Contents that compress in different ways; the same in every run. */
export const samples: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  words: encoder.encode(
    Array.from(
      unsafeSeededBytes(1)(600),
      (byte) => words[byte % words.length] ?? "",
    ).join(" "),
  ),
  numbers: encoder.encode(
    Array.from({ length: 900 }, (_, i) => `${i}:${(i * 7919) % 1009};`).join(
      "",
    ),
  ),
  zeros: new Uint8Array(300_000),
  repeats: concatBytes(
    ...new Array<Uint8Array>(90).fill(unsafeSeededBytes(2)(3000)),
  ),
  skewed: unsafeSeededBytes(3)(6000).map((byte) => (byte * byte) >> 11),
};
