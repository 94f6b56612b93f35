import { concatBytes, equalBytes } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import type { Suite } from "../../src/paged-v1/layout.js";
import { codeOf } from "../support/frames.js";
import { chat } from "./chat.js";
import { craft, craftParts, key, pageOf } from "./craft.js";
import { openFrames, seal } from "./opening.js";

/** Nightly runs set SLOW=1. */
const slow = globalThis.process?.env.SLOW === "1";
const inputs = slow ? 200_000 : 2_000;
const timeout = slow ? 1_200_000 : 60_000;

const suites: readonly Suite[] = ["zstd", "deflate"];

async function small(suite: Suite): Promise<Uint8Array> {
  const pages = [pageOf(suite, "one", "two"), pageOf(suite, "three")];
  return craft(pages, { suite });
}

/** The codes that a flip at each place may give. */
function codesAt(offset: number): readonly string[] {
  if (offset < 8) return ["unknown-format"];
  if (offset === 8) return ["unsupported-version"];
  if (offset === 9) return ["unsupported-suite"];
  if (offset < 74) return ["wrong-key"];
  return ["not-authentic", "invalid-page", "limit-exceeded", "truncated"];
}

test.each(suites)(
  "every flipped bit of a small %s archive is found",
  async (suite) => {
    const archive = await small(suite);
    for (let offset = 0; offset < archive.length; offset++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Uint8Array.from(archive);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << bit);
        const code = await codeOf(openFrames(flipped, { key }));
        expect(codesAt(offset), `bit ${bit} of byte ${offset}`).toContain(code);
      }
    }
  },
);

test("flipped bits of what a writer made are found", async () => {
  const { archive } = await seal(chat(3), { key });
  const random = unsafeSeededBytes(4);
  for (let i = 0; i < 500; i++) {
    const [a = 0, b = 0, c = 0] = random(3);
    const offset = ((a << 8) | b) % archive.length;
    const flipped = Uint8Array.from(archive);
    flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (c & 7));
    expect(codesAt(offset)).toContain(
      await codeOf(openFrames(flipped, { key })),
    );
  }
});

test("another suite or version can't be put on an archive", async () => {
  for (const suite of suites) {
    const archive = await small(suite);
    for (let value = 0; value < 256; value++) {
      const version = Uint8Array.from(archive);
      version[8] = value;
      if (value !== 1) {
        expect(await codeOf(openFrames(version, { key }))).toBe(
          "unsupported-version",
        );
      }
      const other = Uint8Array.from(archive);
      other[9] = value;
      if (value === archive[9]) continue;
      const code =
        value === 1 || value === 2 ? "wrong-key" : "unsupported-suite";
      expect(await codeOf(openFrames(other, { key }))).toBe(code);
    }
  }
});

test("pages without their header are nothing", async () => {
  const [, ...pages] = await craftParts([pageOf("deflate", "one")]);
  const code = await codeOf(openFrames(concatBytes(...pages), { key }));
  expect(code).toBe("unknown-format");
});

test(`${inputs} archives changed at random never give other frames`, {
  timeout,
}, async () => {
  const originals = await Promise.all(suites.map(small));
  const whole = await openFrames(originals[0] ?? key, { key });
  const random = unsafeSeededBytes(8);
  for (let i = 0; i < inputs; i++) {
    const original = originals[i % 2] ?? key;
    const changed = mutate(original, random);
    const opened = openFrames(changed, { key });
    if (equalBytes(changed, original)) {
      expect(await opened).toEqual(whole);
    } else {
      expect(await codeOf(opened)).toBeTypeOf("string");
    }
  }
});

test(`${inputs} random contents under the right key end in frames or a typed error`, {
  timeout,
}, async () => {
  const random = unsafeSeededBytes(9);
  const counts = { opened: 0, refused: 0 };
  for (let i = 0; i < inputs; i++) {
    const suite = suites[i % 2] ?? "zstd";
    const page = pageOf(suite, "one", "two", "three four five");
    const forged = { plaintext: mutate(page.plaintext, random) };
    const archive = await craft([forged], { suite });
    const code = await codeOf(openFrames(archive, { key }));
    counts[code ? "refused" : "opened"]++;
  }
  expect(counts.opened + counts.refused).toBe(inputs);
  expect(counts.refused).toBeGreaterThan(inputs / 2);
});

/** Changes, drops or adds a few bytes. */
function mutate(
  bytes: Uint8Array,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const [kind = 0, high = 0, low = 0, length = 0] = random(4);
  const at = ((high << 8) | low) % bytes.length;
  const some = random(1 + (length % 8));
  switch (kind % 4) {
    case 0:
      return concatBytes(bytes.subarray(0, at), some, bytes.subarray(at));
    case 1:
      return concatBytes(
        bytes.subarray(0, at),
        bytes.subarray(at + some.length),
      );
    case 2:
      return concatBytes(
        bytes.subarray(0, at),
        some,
        bytes.subarray(at + some.length),
      );
    default:
      return bytes.subarray(0, at);
  }
}
