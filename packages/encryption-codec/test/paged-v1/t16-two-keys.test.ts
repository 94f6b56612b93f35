import { concatBytes } from "@history-sync/primitives";
import { gcm } from "@noble/ciphers/aes.js";
import { expect, test } from "vitest";
import { deriveKeys, sha256 } from "../../src/paged-v1/keys.js";
import {
  encodeHeader,
  encodePageHeader,
  pageNonce,
} from "../../src/paged-v1/layout.js";
import { codeOf } from "../support/frames.js";
import { contentOf, key, plaintext, salt } from "./craft.js";
import { collide } from "./gcm-collision.js";
import { openFrames } from "./opening.js";

test("a page that is authentic under two keys opens with the committed one alone", async () => {
  const otherKey = new Uint8Array(32).fill(9);
  const mine = deriveKeys(key, salt, "deflate");
  const other = deriveKeys(otherKey, salt, "deflate");
  const { commitment } = mine;
  const header = encodeHeader({ suite: "deflate", salt, commitment });
  const associatedData = await sha256(header);
  const nonce = pageNonce(0, true);
  const open = plaintext(contentOf(new Uint8Array(100)));
  const ciphertext = gcm(mine.pageKey, nonce, associatedData)
    .encrypt(open)
    .subarray(0, open.length);
  const keys = [mine.pageKey, other.pageKey] as const;
  // Inside the frame, where any bytes will do.
  const sealed = collide({ keys, nonce, associatedData, ciphertext, free: 48 });
  for (const pageKey of keys) {
    const opened = gcm(pageKey, nonce, associatedData).decrypt(sealed);
    expect(opened).toHaveLength(open.length);
  }

  const head = encodePageHeader({ final: true, sealedBytes: sealed.length });
  const archive = concatBytes(header, head, sealed);
  const [frame] = await openFrames(archive, { key });
  expect(frame).toHaveLength(100);
  expect(await codeOf(openFrames(archive, { key: otherKey }))).toBe(
    "wrong-key",
  );
});
