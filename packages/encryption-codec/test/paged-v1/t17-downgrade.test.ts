import { expect, test } from "vitest";
import { generateArchiveKey } from "../../src/index.js";
import { codeOf, open, seal } from "../support/frames.js";

test("T17: what was announced in pages isn't taken in the older format", async () => {
  const key = generateArchiveKey();
  const frames = [Uint8Array.of(1)];
  const archive = await seal(frames, { key, format: "xmtp-v0" });
  expect(await open(archive, { key })).toEqual(frames);
  const expected = { archiveId: new Uint8Array(32) };
  expect(await codeOf(open(archive, { key, expected }))).toBe(
    "unexpected-archive",
  );
});
