/** Frames of an archive that are available together. */
export interface FramePage {
  readonly frames: readonly Uint8Array[];
  /**
   * The position in the archive after these frames, from which an import can resume. It is opaque to this package.
   * Undefined if the archive can't be opened there.
   */
  readonly next?: Uint8Array | undefined;
}

/**
 * Opens an archive at its start, or at the `next` of a page. A resumed import passes the last `next` that it has
 * stored.
 */
export type OpenPages = (
  from: Uint8Array | undefined,
) => AsyncIterable<FramePage>;

/** Returns pages for frames that can only be read from the start. */
export async function* singlePages(
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<FramePage, void, undefined> {
  for await (const frame of frames) yield { frames: [frame] };
}
