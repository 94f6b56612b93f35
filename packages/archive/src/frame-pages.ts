/** Frames that an archive gives out together. */
export interface FramePage {
  readonly frames: readonly Uint8Array[];
  /** Where to open the archive to go on after these frames; opaque to this package. Undefined where nothing opens. */
  readonly next?: Uint8Array | undefined;
}

/**
 * Opens an archive at its start, or where a page's `next` says. An import that goes on asks for the last `next` that it
 * has stored.
 */
export type OpenPages = (
  from: Uint8Array | undefined,
) => AsyncIterable<FramePage>;

/** Frames that can be read from the start only. */
export async function* singlePages(
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<FramePage, void, undefined> {
  for await (const frame of frames) yield { frames: [frame] };
}
