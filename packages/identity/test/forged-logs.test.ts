import { fromHex, inboxId } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import {
  admitUpdate,
  foldLog,
  IdentityError,
  type LogEntry,
} from "../src/index.js";
import { chains } from "./support/people.js";

interface ForgedVector {
  readonly says: string;
  readonly refusedWith: string;
  readonly onlyByNodes?: true;
  readonly inboxId: string;
  readonly atSequenceId?: string;
  readonly entries: readonly {
    readonly sequenceId: string;
    readonly update: string;
  }[];
}

const vectors = Object.values(
  import.meta.glob<ForgedVector>("./vectors/forged/*.json", {
    eager: true,
    import: "default",
  }),
);
const smartContracts = chains;

test("there are forged logs", () => {
  expect(vectors.length).toBeGreaterThan(40);
});

describe.each(vectors)("$says", (vector) => {
  const id = inboxId(vector.inboxId);
  const entries = vector.entries.map(
    ({ sequenceId, update }): LogEntry => ({
      sequenceId: BigInt(sequenceId),
      serverTimestampNs: 1n,
      update: fromHex(update),
    }),
  );
  const before = entries.slice(0, -1);
  const stateBefore = async () =>
    before.length === 0
      ? undefined
      : (await foldLog(id, before, { smartContracts })).state;

  if (vector.onlyByNodes === undefined) {
    test(`is refused with ${vector.refusedWith}`, async () => {
      await stateBefore();
      const { atSequenceId } = vector;
      const options =
        atSequenceId === undefined
          ? { smartContracts }
          : { smartContracts, atSequenceId: BigInt(atSequenceId) };
      const folded = foldLog(id, entries, options);
      await expect(folded).rejects.toBeInstanceOf(IdentityError);
      await expect(folded).rejects.toMatchObject({
        code: vector.refusedWith,
        retryable: false,
      });
    });
  } else {
    test(`is refused by nodes with ${vector.refusedWith}, and read by others`, async () => {
      const state = await stateBefore();
      await foldLog(id, entries, { smartContracts });
      const log = { state, entries: before.length };
      await expect(
        admitUpdate(entries.at(-1)?.update ?? new Uint8Array(), () => log),
      ).rejects.toMatchObject({ code: vector.refusedWith });
    });
  }
});
