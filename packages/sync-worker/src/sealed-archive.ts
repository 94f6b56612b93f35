import { create } from "@bufbuild/protobuf";
import type {
  ExpectedArchive,
  SealArchiveOptions,
} from "@history-sync/encryption-codec";
import {
  type SealedArchive,
  SealedArchiveSchema,
} from "@history-sync/proto/history-sync";

/** Notes what a paged-v1 archive looks like from outside, while it is sealed. */
export function outsideView(): {
  readonly hooks: Pick<SealArchiveOptions, "onHeader" | "onPage">;
  /** After the last page; undefined for an archive without pages. */
  readonly view: () => SealedArchive | undefined;
} {
  const view = create(SealedArchiveSchema);
  return {
    hooks: {
      onHeader: ({ archiveId }) => {
        view.headerSha256 = archiveId;
      },
      onPage: ({ bytes, sha256 }) => {
        view.pages.push({
          $typeName: "history_sync.v1.SealedPage",
          length: bytes,
          sha256,
        });
      },
    },
    view: () => (view.pages.length > 0 ? view : undefined),
  };
}

/** What the asker holds the archive to. */
export function expectedArchive({
  headerSha256,
  pages,
}: SealedArchive): ExpectedArchive {
  return {
    archiveId: headerSha256,
    pages: pages.map(({ length, sha256 }) => ({ bytes: length, sha256 })),
  };
}
