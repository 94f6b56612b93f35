import { concatBytes, fromHex, toHex } from "@history-sync/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256Words } from "#sha256";
import { DigestSum, messageHash } from "../src/manifest/digest-sum.js";
import { SeenArchive } from "../src/manifest/import-state.js";
import {
  ManifestTally,
  maxManifestConversations,
} from "../src/manifest/manifest-tally.js";
import { receiptOf } from "../src/manifest/receipt.js";
import { sha256Words as portable } from "../src/sha256/portable.js";
import { sampleGroup, sampleId, sampleMessage } from "../src/testing/index.js";

const words = fc.uint8Array({ minLength: 32, maxLength: 32 });

function sumOf(hashes: readonly Uint8Array[]): DigestSum {
  const sum = new DigestSum();
  for (const hash of hashes) {
    const view = new DataView(hash.buffer, hash.byteOffset);
    sum.add(Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i)));
  }
  return sum;
}

test("sha256Words gives SHA-256, natively and in portable code", () => {
  // FIPS 180-2, appendix B.1.
  const expected =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const abc = new TextEncoder().encode("abc");
  for (const hash of [sha256Words, portable]) {
    const hex = [...hash(abc)].map((word) =>
      word.toString(16).padStart(8, "0"),
    );
    expect(hex.join("")).toBe(expected);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256Words(bytes)).toEqual(portable(bytes));
    }),
  );
});

test("DigestSum adds modulo 2^256 in any order, and resumes from its bytes", () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 6 }), fc.nat(6), (hashes, cut) => {
      const expected =
        hashes.reduce((sum, hash) => sum + BigInt(`0x${toHex(hash)}`), 0n) %
        2n ** 256n;
      const bytes = fromHex(expected.toString(16).padStart(64, "0"));
      expect(sumOf(hashes).bytes()).toEqual(bytes);
      expect(sumOf(hashes.toReversed()).bytes()).toEqual(bytes);
      const resumed = new DigestSum(sumOf(hashes.slice(0, cut)).bytes());
      for (const hash of hashes.slice(cut)) {
        const view = new DataView(hash.buffer, hash.byteOffset);
        resumed.add(
          Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i)),
        );
      }
      expect(resumed.bytes()).toEqual(bytes);
    }),
  );
});

test("messageHash covers the length of the id, the id and the body", () => {
  const message = sampleMessage(1, sampleGroup(1));
  const { id, decryptedMessageBytes } = message;
  const bytes = concatBytes(
    Uint8Array.of(0, 0, 0, 32),
    id,
    decryptedMessageBytes,
  );
  expect(messageHash(message)).toEqual(portable(bytes));
});

test("conversations beyond the limit count only in the totals, in export and import", () => {
  const tally = new ManifestTally();
  const archiveId = sampleId(1, 16);
  const seen = new SeenArchive();
  for (let n = 0; n < maxManifestConversations + 3; n++) {
    const value = sampleMessage(n, { id: sampleId(n, 16) });
    tally.add({ case: "groupMessage", value });
    seen.addMessage(value, "present");
  }
  const manifest = tally.manifest({ archiveId });
  expect(manifest.conversations).toHaveLength(maxManifestConversations);
  const resumed = new SeenArchive(seen.toState());
  resumed.metadata = { archiveId } as never;
  resumed.manifest = manifest;
  expect(receiptOf(resumed)).toMatchObject({
    complete: true,
    messages: { present: maxManifestConversations + 3 },
  });
  resumed.addMessage(sampleMessage(1, sampleGroup(1)), "present");
  expect(receiptOf(resumed)?.complete).toBe(false);
});
