import { checkLimit } from "../errors.js";
import { defaultCodecLimits } from "../limits.js";
import { maxPageFrames, PendingFrames } from "./content.js";

/** An empty frame is no frame, but separates two that must not share a page. */
export type Frames = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The content of one page. */
export interface PageContent {
  readonly compressed: Uint8Array;
  /** Bytes before compression. */
  readonly contentBytes: number;
  readonly frames: number;
}

export interface FillOptions {
  readonly compress: (
    content: Uint8Array,
  ) => Uint8Array | PromiseLike<Uint8Array>;
  /** Compressed bytes that a full page holds; a single frame may take more. */
  readonly capacity: number;
}

/** The most that a page of several frames inflates to: little memory for a phone, and far more than chats need. */
export const maxContentBytes = 4_194_304;

/** A page is full at this part of its capacity: with the padding of the whole archive that stays below 3%. */
const fullEnough = 0.9875;
/** Between there and the capacity. */
const aim = 0.9945;
/** Neighbouring pages compress alike, so that the first or second try mostly fits. */
const maxTries = 5;
/** Chats compress to about this part; later pages go by the one before. */
const firstRatio = 0.4;

/**
 * Packs frames into pages by their *compressed* size, so that full pages have one length and only their number shows.
 * Takes frames ahead, for a page or two. The last page is marked, and may hold no frames.
 */
export async function* fillPages(
  frames: Frames,
  options: FillOptions,
): AsyncGenerator<PageContent & { readonly final: boolean }, void, undefined> {
  const input = new FrameInput(frames);
  let ratio = firstRatio;
  try {
    while (true) {
      const page = await packPage(input, options, ratio);
      input.pending.drop(page.frames);
      const all = input.pending.count === 0;
      const final = all && input.stop === "end";
      if (page.frames > 0 || final) yield { ...page, final };
      if (final) return;
      if (all) input.passBreak();
      if (page.contentBytes > 0) {
        ratio = page.compressed.length / page.contentBytes;
      }
    }
  } finally {
    await input.close();
  }
}

/** The most frames that fit, or nearly: each try learns from the one before how many those are. */
async function packPage(
  { pending, read }: FrameInput,
  { compress, capacity }: FillOptions,
  ratio: number,
): Promise<PageContent> {
  let best: PageContent | undefined;
  let tooMany = maxPageFrames + 1;
  let target = (capacity * aim) / ratio;
  for (let tries = 1; ; tries++) {
    target = Math.min(target, maxContentBytes);
    // One byte more, so that a next frame is at hand unless there is none.
    await read(target + 1);
    const most = Math.min(
      pending.count,
      tooMany - 1,
      Math.max(1, pending.countWithin(maxContentBytes)),
    );
    const fewest = best ? best.frames + 1 : 1;
    if (best && fewest > most) return best;
    const wanted = Math.max(fewest, pending.countWithin(target));
    const frames = Math.min(wanted, most);
    const content = pending.first(frames);
    const compressed = await compress(content);
    if (compressed.length <= capacity || frames <= 1) {
      best = { compressed, contentBytes: content.length, frames };
    } else {
      tooMany = frames;
    }
    const full = best && best.compressed.length >= capacity * fullEnough;
    if (best && (full || frames === 0 || tries >= maxTries)) return best;
    target =
      tries < maxTries
        ? (content.length * capacity * aim) / compressed.length
        : content.length / 2;
  }
}

/** Frames as they come, up to the next page break. */
class FrameInput {
  readonly pending = new PendingFrames();
  /** Why no frames come: a page break, or there are no more. */
  stop: "break" | "end" | undefined;
  readonly #frames: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;

  constructor(frames: Frames) {
    this.#frames =
      Symbol.asyncIterator in frames
        ? frames[Symbol.asyncIterator]()
        : frames[Symbol.iterator]();
  }

  /** Takes frames until so many bytes wait, or as many as a page holds. */
  readonly read = async (bytes: number): Promise<void> => {
    const { pending } = this;
    while (
      !this.stop &&
      pending.bytes < bytes &&
      pending.count <= maxPageFrames
    ) {
      const { done, value } = await this.#frames.next();
      if (done) this.stop = "end";
      else if (value.length === 0) this.stop = "break";
      else this.#append(value);
    }
  };

  passBreak(): void {
    if (this.stop === "break") this.stop = undefined;
  }

  async close(): Promise<void> {
    if (this.stop !== "end") await this.#frames.return?.();
  }

  #append(frame: Uint8Array): void {
    // A sealed archive must open under the default limits of readers.
    checkLimit(
      "frame in bytes",
      frame.length,
      defaultCodecLimits.maxFrameBytes,
    );
    this.pending.append(frame);
  }
}
