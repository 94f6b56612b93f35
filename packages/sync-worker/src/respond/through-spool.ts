import type { UploadSpool } from "../context/upload-spool.js";
import { SyncWorkerError } from "../errors.js";

export interface ThroughSpoolOptions {
  readonly id: string;
  /** Bytes beyond these aren't kept. */
  readonly maxBytes: number;
  /** All is kept; awaited before the result ends. Isn't called where not all could be. */
  readonly onWhole: (bytes: number) => Promise<void>;
  /** The spool failed, for want of room perhaps: what is left isn't kept. */
  readonly onFull: (error: unknown) => void;
}

export interface ThroughSpool {
  readonly bytes: ReadableStream<Uint8Array>;
  /** Ends the reading. Resolves when nothing more is put into the spool. */
  end(): Promise<void>;
}

/**
 * The same bytes, kept on their way as fast as they come, however slowly they are taken. What is too much for the spool is
 * taken from the source as before.
 */
export function throughSpool(
  source: ReadableStream<Uint8Array>,
  spool: UploadSpool,
  options: ThroughSpoolOptions,
): ThroughSpool {
  const spooling = new Spooling(source, spool, options);
  const iterator = spooling.bytes();
  const bytes = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await spooling.end();
        await iterator.return();
      },
    },
    { highWaterMark: 0 },
  );
  return { bytes, end: () => spooling.end() };
}

class Spooling {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #spool: UploadSpool;
  readonly #options: ThroughSpoolOptions;
  #kept = 0;
  /** The bytes that were read and aren't in the spool: it stores no more after them. */
  #unkept: Uint8Array | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #isKeeping = true;
  #isAbandoned = false;
  #wake = () => {};

  constructor(
    source: ReadableStream<Uint8Array>,
    spool: UploadSpool,
    options: ThroughSpoolOptions,
  ) {
    this.#reader = source.getReader();
    this.#spool = spool;
    this.#options = options;
  }

  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#isAbandoned) return;
    this.#keeping = this.#keepAll();
    // It is awaited at the end.
    this.#keeping.catch(() => {});
    try {
      yield* this.#fromSpool();
      await this.#keeping;
      if (this.#unkept) yield this.#unkept;
      yield* this.#rest();
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    this.#isAbandoned = true;
    this.#wake();
    await this.#reader.cancel().catch(() => {});
    await this.#keeping.catch(() => {});
  }

  async #keepAll(): Promise<void> {
    try {
      while (this.#unkept === undefined) {
        const { done, value } = await this.#reader.read();
        // A source that was cancelled ends like one that is at its end.
        if (this.#isAbandoned) return;
        const { id, onWhole } = this.#options;
        if (done) {
          const isWhole = await this.#spooled(() => this.#spool.flush(id));
          if (isWhole) await onWhole(this.#kept);
          return;
        }
        if (await this.#keep(value)) this.#kept += value.length;
        else this.#unkept = value;
        this.#wake();
      }
    } finally {
      this.#isKeeping = false;
      this.#wake();
    }
  }

  async #keep(bytes: Uint8Array): Promise<boolean> {
    const { id, maxBytes } = this.#options;
    if (this.#kept + bytes.length > maxBytes) return false;
    return this.#spooled(() => this.#spool.append(id, bytes));
  }

  async #spooled(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#options.onFull(error);
      return false;
    }
  }

  async *#fromSpool(): AsyncGenerator<Uint8Array, void, undefined> {
    let sent = 0;
    while (!this.#isAbandoned) {
      if (sent === this.#kept) {
        if (!this.#isKeeping) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const before = sent;
      for await (const piece of this.#spool.read(this.#options.id, sent)) {
        // After the stored bytes there may be a part of a write in progress, or of one that failed.
        const known = piece.subarray(0, this.#kept - sent);
        sent += known.length;
        if (known.length > 0) yield known;
        if (known.length < piece.length) break;
      }
      if (sent === before) throw spoolLost(this.#kept, sent);
    }
  }

  async *#rest(): AsyncGenerator<Uint8Array, void, undefined> {
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      yield value;
    }
  }
}

function spoolLost(expected: number, got: number): SyncWorkerError {
  return new SyncWorkerError(
    "spool-lost",
    `expected ${expected} bytes in the spool, got ${got}`,
    { retryable: true },
  );
}
