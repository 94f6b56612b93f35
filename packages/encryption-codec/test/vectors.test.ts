import { fromBinary, toJson } from "@bufbuild/protobuf";
import { toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import { BackupElementSchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { archiveFormat } from "../src/index.js";
import { codeOf, open, seal } from "./support/frames.js";
import { legacyVector, load, tinyVector, vectors } from "./support/libxmtp.js";

const asJson = (frames: readonly Uint8Array[]) =>
  frames.map((frame) =>
    toJson(BackupElementSchema, fromBinary(BackupElementSchema, frame)),
  );

for (const { name, url, key, elements } of vectors) {
  test(`${name}: opens to libxmtp's elements, whole and in odd chunks`, async () => {
    const archive = await load(url);
    expect(archiveFormat(archive)).toBe("xmtp-v0");
    const frames = await open(archive, { key });
    expect(asJson(frames)).toEqual(elements);
    expect(await open(archive, { key }, 13, 4099, 1, 65_537)).toEqual(frames);
  });

  test(`${name}: sealed again, it opens to the same frames`, async () => {
    const frames = await open(await load(url), { key });
    const again = await seal(frames, { key });
    expect(await open(again, { key })).toEqual(frames);
  });
}

test("tiny opens byte by byte", async () => {
  const archive = await load(tinyVector.url);
  const frames = await open(archive, tinyVector, 1);
  expect(asJson(frames)).toEqual(tinyVector.elements);
});

test("libxmtp's legacy archive opens only where repeated nonces are allowed", async () => {
  const archive = await load(legacyVector.url);
  const { key } = legacyVector;
  expect(await codeOf(open(archive, { key }))).toBe("repeated-nonce");
  const frames = await open(archive, { key, allowRepeatedNonce: true });
  const [first, ...rest] = asJson(frames);
  expect(first).toHaveProperty("metadata");
  expect(rest).toHaveLength(3);
  const bytewise = await open(archive, { key, allowRepeatedNonce: true }, 1);
  expect(bytewise).toEqual(frames);
});

test("our own bytes stay as they are", async () => {
  const randomBytes = unsafeSeededBytes(1);
  const key = randomBytes(32);
  const small = await seal([new Uint8Array(0), Uint8Array.of(1, 2, 3)], {
    key,
    randomBytes,
  });
  expect(toHex(small)).toBe(
    "0000d20a25c3dc39b36ce79cca8e28b52ffd003059010010000000b03647d4b6a3ceb1233632cb94bca6e613000000df4dd6334527e1c450588a8c203dd29d3d9bd8",
  );
  const large = await seal([randomBytes(70_000)], { key, randomBytes });
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(large));
  expect(toHex(new Uint8Array(digest))).toBe(
    "65f25814b1d3935d7fbb80e260760eb177982a7d3819aa6965e360561224e36b",
  );
});
