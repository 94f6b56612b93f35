import { concatBytes, toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { type ArchiveFormat, EncryptionCodecError } from "../src/index.js";
import { chat } from "./paged-v1/chat.js";
import { open, seal } from "./support/frames.js";

/** Nightly runs set SLOW=1. */
const slow = globalThis.process?.env.SLOW === "1";
const inputs = slow ? 100_000 : 2_500;
const timeout = slow ? 1_800_000 : 120_000;
const atOnce = 50;

const random = unsafeSeededBytes(17);
const key = random(32);

/** At least 0 and below `end`. */
function below(end: number): number {
  const [a = 0, b = 0, c = 0] = random(3);
  return ((a << 16) | (b << 8) | c) % Math.max(end, 1);
}

function range(archive: Uint8Array): [start: number, end: number] {
  const start = below(archive.length);
  return [start, start + below(Math.min(600, archive.length - start)) + 1];
}

/** The changes that a hostile server may make to an archive. */
const changes: Readonly<Record<string, (archive: Uint8Array) => Uint8Array>> = {
  cut: (archive) => archive.subarray(0, below(archive.length)),
  flip: (archive) => {
    const changed = Uint8Array.from(archive);
    for (let flips = below(3); flips >= 0; flips--) {
      const at = below(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
    }
    return changed;
  },
  remove: (archive) => {
    const [start, end] = range(archive);
    return concatBytes(archive.subarray(0, start), archive.subarray(end));
  },
  repeat: (archive) => {
    const [start, end] = range(archive);
    return concatBytes(archive.subarray(0, end), archive.subarray(start));
  },
  insert: (archive) => {
    const at = below(archive.length);
    const noise = random(below(40) + 1);
    return concatBytes(archive.subarray(0, at), noise, archive.subarray(at));
  },
  exchange: (archive) => {
    const [start, end] = range(archive);
    const changed = Uint8Array.from(archive);
    changed.copyWithin(below(archive.length - (end - start)), start, end);
    return changed;
  },
  noise: (archive) => {
    const noise = random(below(300));
    noise.set(archive.subarray(0, Math.min(2, noise.length)));
    return noise;
  },
};

/** The error's code, or `same` for the very same frames; anything else is no outcome but a fault. */
async function outcome(changed: Uint8Array, same: string): Promise<string> {
  try {
    const frames = await open(changed, { key });
    const text = frames.map(toHex).join();
    return text === same ? "same" : "other frames";
  } catch (error) {
    if (error instanceof EncryptionCodecError) return error.code;
    return String(error);
  }
}

const codes = new Set<string>([
  "same",
  "unknown-format",
  "unsupported-version",
  "unsupported-suite",
  "wrong-key",
  "truncated",
  "trailing-data",
  "invalid-page",
  "invalid-record",
  "invalid-zstd",
  "not-authentic",
  "repeated-nonce",
  "limit-exceeded",
]);

test.each<ArchiveFormat>(["xmtp-v0", "paged-v1"])(
  "a changed %s archive gives a typed error or the very same frames",
  { timeout },
  async (format) => {
    const frames = [...chat(12)];
    const archive = await seal(frames, { key, format });
    const same = frames.map(toHex).join();
    const names = Object.keys(changes);
    const counts: Record<string, number> = {};
    for (let done = 0; done < inputs; done += atOnce) {
      const batch = Array.from({ length: atOnce }, (_, i) => {
        const change = changes[names[(done + i) % names.length] ?? ""];
        return outcome(change?.(archive) ?? archive, same);
      });
      for (const code of await Promise.all(batch)) {
        counts[code] = (counts[code] ?? 0) + 1;
      }
    }
    // biome-ignore lint/suspicious/noConsole: the counts are what a nightly run is read for.
    console.log(format, inputs, "inputs:", JSON.stringify(counts));
    for (const code of Object.keys(counts)) expect(codes).toContain(code);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(inputs);
  },
);
