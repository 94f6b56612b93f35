import { concatBytes } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import type { UploadSpool } from "../context/upload-spool.js";

const id = "0123456789abcdef0123456789abcdef";
const other = "f".repeat(32);

/** Tests every UploadSpool. `open` gives an empty one; `reopen` the same one as after a restart. */
export function uploadSpoolContract(
  name: string,
  open: () => Promise<{
    readonly spool: UploadSpool;
    readonly reopen: () => Promise<UploadSpool>;
  }>,
): void {
  describe(`UploadSpool: ${name}`, () => {
    test("what was appended comes back in its order, after a restart too", async () => {
      const { spool, reopen } = await open();
      const pieces = [large(1), Uint8Array.of(1, 2, 3), large(2)];
      for (const piece of pieces) await spool.append(id, piece);
      await spool.append(other, Uint8Array.of(9));
      await spool.flush(id);
      await spool.flush(other);
      const reopened = await reopen();
      const whole = concatBytes(...pieces);
      expect(await reopened.size(id)).toBe(whole.length);
      expect(isSame(await bytesOf(reopened, id), whole)).toBe(true);
      expect(await bytesOf(reopened, other)).toEqual(Uint8Array.of(9));
      expect([...(await reopened.list())].sort()).toEqual([id, other]);
    });

    test("it is read from any offset, up to its end as it is then", async () => {
      const { spool } = await open();
      await spool.append(id, Uint8Array.of(0, 1, 2));
      await spool.append(id, Uint8Array.of(3, 4));
      for (let offset = 0; offset <= 5; offset++) {
        const rest = Uint8Array.of(0, 1, 2, 3, 4).subarray(offset);
        expect(await bytesOf(spool, id, offset)).toEqual(rest);
      }
      await spool.append(id, Uint8Array.of(5));
      expect(await bytesOf(spool, id, 4)).toEqual(Uint8Array.of(4, 5));
    });

    test("what the caller does with the bytes later changes nothing", async () => {
      const { spool } = await open();
      const bytes = Uint8Array.of(1, 2);
      await spool.append(id, bytes);
      bytes.fill(0);
      expect(await bytesOf(spool, id)).toEqual(Uint8Array.of(1, 2));
    });

    test("a read that is left early leaves nothing open", async () => {
      const { spool } = await open();
      await spool.append(id, large(1));
      for await (const piece of spool.read(id, 0)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      await spool.remove(id);
      expect(await spool.list()).toEqual([]);
    });

    test("what is removed is gone, and can begin anew", async () => {
      const { spool, reopen } = await open();
      await spool.append(id, large(1));
      await spool.remove(id);
      await spool.remove(other);
      expect(await spool.list()).toEqual([]);
      expect(await spool.size(id)).toBe(0);
      expect(await bytesOf(spool, id)).toHaveLength(0);
      await spool.append(id, Uint8Array.of(7));
      await spool.flush(id);
      expect(await bytesOf(await reopen(), id)).toEqual(Uint8Array.of(7));
    });

    test("an empty one has nothing to flush", async () => {
      const { spool } = await open();
      await spool.flush(id);
      expect(await spool.size(id)).toBe(0);
      expect(await spool.list()).toEqual([]);
    });
  });
}

/** More than an adapter reads at once. */
function large(seed: number): Uint8Array {
  return new Uint8Array(700_000).map((_, i) => (i * seed) >> 4);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

async function bytesOf(
  spool: UploadSpool,
  of: string,
  offset = 0,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.read(of, offset)) pieces.push(piece);
  return concatBytes(...pieces);
}
