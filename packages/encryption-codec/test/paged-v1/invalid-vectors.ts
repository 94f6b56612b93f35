import archiveAppended from "../vectors/paged-v1/invalid/archive-appended.json" with {
  type: "json",
};
import byteAppended from "../vectors/paged-v1/invalid/byte-appended.json" with {
  type: "json",
};
import commitmentChanged from "../vectors/paged-v1/invalid/commitment-changed.json" with {
  type: "json",
};
import compressedTooLong from "../vectors/paged-v1/invalid/compressed-too-long.json" with {
  type: "json",
};
import contentLonger from "../vectors/paged-v1/invalid/content-longer.json" with {
  type: "json",
};
import contentShorter from "../vectors/paged-v1/invalid/content-shorter.json" with {
  type: "json",
};
import contentTooLong from "../vectors/paged-v1/invalid/content-too-long.json" with {
  type: "json",
};
import deflateCut from "../vectors/paged-v1/invalid/deflate-cut.json" with {
  type: "json",
};
import deflateFollowed from "../vectors/paged-v1/invalid/deflate-followed.json" with {
  type: "json",
};
import deflateMalformed from "../vectors/paged-v1/invalid/deflate-malformed.json" with {
  type: "json",
};
import emptyPage from "../vectors/paged-v1/invalid/empty-page.json" with {
  type: "json",
};
import frameLengthCut from "../vectors/paged-v1/invalid/frame-length-cut.json" with {
  type: "json",
};
import framePastContent from "../vectors/paged-v1/invalid/frame-past-content.json" with {
  type: "json",
};
import frameTooLong from "../vectors/paged-v1/invalid/frame-too-long.json" with {
  type: "json",
};
import headerCut from "../vectors/paged-v1/invalid/header-cut.json" with {
  type: "json",
};
import lastPageMissing from "../vectors/paged-v1/invalid/last-page-missing.json" with {
  type: "json",
};
import magicChanged from "../vectors/paged-v1/invalid/magic-changed.json" with {
  type: "json",
};
import mark2 from "../vectors/paged-v1/invalid/mark-2.json" with {
  type: "json",
};
import markSet from "../vectors/paged-v1/invalid/mark-set.json" with {
  type: "json",
};
import markTaken from "../vectors/paged-v1/invalid/mark-taken.json" with {
  type: "json",
};
import noPage from "../vectors/paged-v1/invalid/no-page.json" with {
  type: "json",
};
import otherKey from "../vectors/paged-v1/invalid/other-key.json" with {
  type: "json",
};
import paddingNotZero from "../vectors/paged-v1/invalid/padding-not-zero.json" with {
  type: "json",
};
import pageCut from "../vectors/paged-v1/invalid/page-cut.json" with {
  type: "json",
};
import pageOfAnotherArchive from "../vectors/paged-v1/invalid/page-of-another-archive.json" with {
  type: "json",
};
import pageRepeated from "../vectors/paged-v1/invalid/page-repeated.json" with {
  type: "json",
};
import pageTooLong from "../vectors/paged-v1/invalid/page-too-long.json" with {
  type: "json",
};
import pageTooShort from "../vectors/paged-v1/invalid/page-too-short.json" with {
  type: "json",
};
import pagesExchanged from "../vectors/paged-v1/invalid/pages-exchanged.json" with {
  type: "json",
};
import ratioTooHigh from "../vectors/paged-v1/invalid/ratio-too-high.json" with {
  type: "json",
};
import saltChanged from "../vectors/paged-v1/invalid/salt-changed.json" with {
  type: "json",
};
import suite3 from "../vectors/paged-v1/invalid/suite-3.json" with {
  type: "json",
};
import suiteExchanged from "../vectors/paged-v1/invalid/suite-exchanged.json" with {
  type: "json",
};
import tagChanged from "../vectors/paged-v1/invalid/tag-changed.json" with {
  type: "json",
};
import version2 from "../vectors/paged-v1/invalid/version-2.json" with {
  type: "json",
};
import zstdCut from "../vectors/paged-v1/invalid/zstd-cut.json" with {
  type: "json",
};
import zstdTwoFrames from "../vectors/paged-v1/invalid/zstd-two-frames.json" with {
  type: "json",
};
import zstdWindowTooLarge from "../vectors/paged-v1/invalid/zstd-window-too-large.json" with {
  type: "json",
};
import zstdWithChecksum from "../vectors/paged-v1/invalid/zstd-with-checksum.json" with {
  type: "json",
};
import zstdWithDictionary from "../vectors/paged-v1/invalid/zstd-with-dictionary.json" with {
  type: "json",
};
import zstdWithoutSize from "../vectors/paged-v1/invalid/zstd-without-size.json" with {
  type: "json",
};

/** The files of `vectors/paged-v1/invalid`, by name. */
export const invalidVectors: Readonly<
  Record<
    string,
    {
      readonly description: string;
      readonly key: string;
      readonly archive: string;
      readonly error: string;
    }
  >
> = {
  "archive-appended": archiveAppended,
  "byte-appended": byteAppended,
  "commitment-changed": commitmentChanged,
  "compressed-too-long": compressedTooLong,
  "content-longer": contentLonger,
  "content-shorter": contentShorter,
  "content-too-long": contentTooLong,
  "deflate-cut": deflateCut,
  "deflate-followed": deflateFollowed,
  "deflate-malformed": deflateMalformed,
  "empty-page": emptyPage,
  "frame-length-cut": frameLengthCut,
  "frame-past-content": framePastContent,
  "frame-too-long": frameTooLong,
  "header-cut": headerCut,
  "last-page-missing": lastPageMissing,
  "magic-changed": magicChanged,
  "mark-2": mark2,
  "mark-set": markSet,
  "mark-taken": markTaken,
  "no-page": noPage,
  "other-key": otherKey,
  "padding-not-zero": paddingNotZero,
  "page-cut": pageCut,
  "page-of-another-archive": pageOfAnotherArchive,
  "page-repeated": pageRepeated,
  "page-too-long": pageTooLong,
  "page-too-short": pageTooShort,
  "pages-exchanged": pagesExchanged,
  "ratio-too-high": ratioTooHigh,
  "salt-changed": saltChanged,
  "suite-3": suite3,
  "suite-exchanged": suiteExchanged,
  "tag-changed": tagChanged,
  "version-2": version2,
  "zstd-cut": zstdCut,
  "zstd-two-frames": zstdTwoFrames,
  "zstd-window-too-large": zstdWindowTooLarge,
  "zstd-with-checksum": zstdWithChecksum,
  "zstd-with-dictionary": zstdWithDictionary,
  "zstd-without-size": zstdWithoutSize,
};
