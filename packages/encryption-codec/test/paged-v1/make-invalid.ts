import { concatBytes, toHex } from "@history-sync/primitives";
import type { EncryptionCodecErrorCode } from "../../src/errors.js";
import { littleEndian, zstdBlock, zstdFrame } from "../support/records.js";
import {
  contentOf,
  craft,
  craftParts,
  key,
  pageOf,
  plaintext,
  storedDeflate,
  storedZstd,
  text,
} from "./craft.js";

/** An archive that every reader must refuse with this code, under its default limits; bytes in hex. */
export interface InvalidVector {
  readonly description: string;
  readonly key: string;
  readonly archive: string;
  readonly error: EncryptionCodecErrorCode;
}

type Code = InvalidVector["error"];

const content = contentOf(text("hello"));
const zstd = "zstd";

/** By the name of its file. */
export async function makeInvalid(): Promise<
  Readonly<Record<string, InvalidVector>>
> {
  const one = await craft([pageOf("deflate", "hello")]);
  const two = [pageOf("deflate", "hello"), pageOf("deflate", "world")];
  const [header = key, first = key, last = key] = await craftParts(two);
  const [, foreign = key] = await craftParts(two, { salt: key });
  const changed = (at: number, value: number) => {
    const archive = Uint8Array.from(one);
    archive[at < 0 ? archive.length + at : at] = value;
    return archive;
  };
  const entry = (
    description: string,
    error: Code,
    archive: Uint8Array,
    archiveKey: Uint8Array = key,
  ): InvalidVector => ({
    description,
    key: toHex(archiveKey),
    archive: toHex(archive),
    error,
  });
  /** One page, right in its sealing and wrong inside. */
  const inside = async (
    description: string,
    error: Code,
    inner: Uint8Array,
    suite: "zstd" | "deflate" = "deflate",
  ) =>
    entry(description, error, await craft([{ plaintext: inner }], { suite }));
  const ofContent = (bytes: Uint8Array) => plaintext(bytes);
  const inZstd = (compressed: Uint8Array) =>
    plaintext(content, { suite: zstd, compressed });
  const head = (mark: number, length: number) =>
    concatBytes(header, Uint8Array.of(mark), littleEndian(length, 4));
  const block = zstdBlock(0, content.length, content);
  const size = littleEndian(content.length, 1);

  return {
    "magic-changed": entry(
      "The first byte is another.",
      "unknown-format",
      changed(0, 0x88),
    ),
    "version-2": entry(
      "A version that does not exist yet.",
      "unsupported-version",
      changed(8, 2),
    ),
    "suite-3": entry(
      "A suite that does not exist yet.",
      "unsupported-suite",
      changed(9, 3),
    ),
    "suite-exchanged": entry(
      "Suite 1 written over suite 2.",
      "wrong-key",
      changed(9, 1),
    ),
    "salt-changed": entry(
      "The first byte of the salt is another.",
      "wrong-key",
      changed(10, 0),
    ),
    "commitment-changed": entry(
      "The last byte of the key commitment is another.",
      "wrong-key",
      changed(73, (one[73] ?? 0) ^ 1),
    ),
    "other-key": entry(
      "Sealed with another key.",
      "wrong-key",
      one,
      new Uint8Array(32),
    ),
    "header-cut": entry(
      "The header lacks its last byte.",
      "truncated",
      header.subarray(0, 73),
    ),
    "no-page": entry("A header and nothing else.", "truncated", header),
    "page-cut": entry(
      "The last page lacks its last byte.",
      "truncated",
      one.subarray(0, -1),
    ),
    "last-page-missing": entry(
      "Ends after a page that is not marked as the last.",
      "truncated",
      concatBytes(header, first),
    ),
    "pages-exchanged": entry(
      "Two pages in the wrong order.",
      "not-authentic",
      concatBytes(header, last, first),
    ),
    "page-repeated": entry(
      "The first page twice.",
      "not-authentic",
      concatBytes(header, first, first, last),
    ),
    "page-of-another-archive": entry(
      "The first page is of an archive with the same key and another salt.",
      "not-authentic",
      concatBytes(header, foreign, last),
    ),
    "mark-set": entry(
      "The first page is marked as the last.",
      "not-authentic",
      concatBytes(header, Uint8Array.of(1), first.subarray(1)),
    ),
    "mark-taken": entry(
      "The last page is not marked as the last.",
      "not-authentic",
      changed(74, 0),
    ),
    "tag-changed": entry(
      "The last byte is another.",
      "not-authentic",
      changed(-1, (one.at(-1) ?? 0) ^ 1),
    ),
    "byte-appended": entry(
      "A byte follows the last page.",
      "trailing-data",
      concatBytes(one, Uint8Array.of(0)),
    ),
    "archive-appended": entry(
      "The archive twice.",
      "trailing-data",
      concatBytes(one, one),
    ),
    "mark-2": entry("A page's mark is 2.", "invalid-page", changed(74, 2)),
    "page-too-short": entry(
      "A page's length leaves no room for its lengths and tag.",
      "invalid-page",
      head(1, 23),
    ),
    "page-too-long": entry(
      "A page's length is 2,147,483,647; nothing follows.",
      "limit-exceeded",
      head(0, 0x7fff_ffff),
    ),
    "content-too-long": await inside(
      "A page says that it inflates to 4,294,967,295 bytes.",
      "limit-exceeded",
      plaintext(content, { contentBytes: 0xffff_ffff }),
    ),
    "ratio-too-high": await inside(
      "A page says that it inflates to more than 100 times its length.",
      "limit-exceeded",
      plaintext(content, { contentBytes: 10_000 }),
    ),
    "compressed-too-long": await inside(
      "The compressed content reaches past its page.",
      "invalid-page",
      plaintext(content, { compressedBytes: 1_000 }),
    ),
    "padding-not-zero": await inside(
      "The padding has a one in it.",
      "invalid-page",
      plaintext(content, { padding: Uint8Array.of(0, 1, 0) }),
    ),
    "content-shorter": await inside(
      "The content is shorter than the page says.",
      "invalid-page",
      plaintext(content, { contentBytes: content.length + 1 }),
    ),
    "content-longer": await inside(
      "The content is longer than the page says.",
      "invalid-page",
      plaintext(content, { contentBytes: content.length - 1 }),
    ),
    "deflate-cut": await inside(
      "The deflate stream lacks its last byte.",
      "invalid-page",
      plaintext(content, {
        compressed: storedDeflate(content).subarray(0, -1),
      }),
    ),
    "deflate-followed": await inside(
      "A byte follows the deflate stream, and counts as compressed content.",
      "invalid-page",
      plaintext(content, {
        compressed: concatBytes(storedDeflate(content), Uint8Array.of(0)),
      }),
    ),
    "deflate-malformed": await inside(
      "The deflate stream starts with a block of the reserved type.",
      "invalid-page",
      plaintext(content, { compressed: Uint8Array.of(7, 0, 0) }),
    ),
    "zstd-cut": await inside(
      "The zstd frame lacks its last byte.",
      "invalid-page",
      inZstd(storedZstd(content).subarray(0, -1)),
      zstd,
    ),
    "zstd-two-frames": await inside(
      "An empty zstd frame follows the first.",
      "invalid-page",
      inZstd(concatBytes(storedZstd(content), storedZstd(new Uint8Array(0)))),
      zstd,
    ),
    "zstd-without-size": await inside(
      "The zstd frame does not say its content size.",
      "invalid-page",
      inZstd(zstdFrame([block])),
      zstd,
    ),
    "zstd-with-checksum": await inside(
      "The zstd frame has a checksum.",
      "invalid-page",
      inZstd(
        zstdFrame(
          [block, new Uint8Array(4)],
          concatBytes(Uint8Array.of(0x24), size),
        ),
      ),
      zstd,
    ),
    "zstd-with-dictionary": await inside(
      "The zstd frame names a dictionary.",
      "invalid-page",
      inZstd(zstdFrame([block], concatBytes(Uint8Array.of(0x21, 5), size))),
      zstd,
    ),
    "zstd-window-too-large": await inside(
      "The zstd frame wants a window of 16 MiB.",
      "invalid-page",
      inZstd(
        zstdFrame(
          [block],
          concatBytes(
            Uint8Array.of(0x80, 0x70),
            littleEndian(content.length, 4),
          ),
        ),
      ),
      zstd,
    ),
    "frame-past-content": await inside(
      "A frame's length reaches past the content.",
      "invalid-page",
      ofContent(concatBytes(littleEndian(6, 4), text("hello"))),
    ),
    "frame-length-cut": await inside(
      "The content ends within a frame's length.",
      "invalid-page",
      ofContent(concatBytes(content, Uint8Array.of(0, 0, 0))),
    ),
    "frame-too-long": await inside(
      "A frame says that it has 16 MiB and a byte.",
      "limit-exceeded",
      ofContent(concatBytes(littleEndian(2 ** 24 + 1, 4), text("hello"))),
    ),
    "empty-page": entry(
      "A page that is not the last holds no frame.",
      "invalid-page",
      await craft([{ plaintext: plaintext(text("")) }, ...two]),
    ),
  };
}
