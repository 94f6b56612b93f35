import { create } from "@bufbuild/protobuf";
import {
  type ConsentSave,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clampConsent,
  clampHmacKey,
  mergeConsent,
  mergeHmacKey,
  mergeRows,
  type Rows,
} from "../src/index.js";
import {
  noRows,
  sampleConsent,
  sampleHmacKey,
  sampleNs,
} from "../src/testing/index.js";

const dayNs = 86_400_000_000_000n;

// Few different times, so that ties are common; some lie in the far future.
const times = fc.constantFrom(
  0n,
  sampleNs - 1n,
  sampleNs,
  sampleNs + dayNs,
  sampleNs + dayNs + 1n,
  2n ** 63n - 1n,
);
const consents: fc.Arbitrary<ConsentSave> = fc
  .record({ consentedAtNs: times, state: fc.constantFrom(1, 2, 3) })
  .map((fields) => sampleConsent(1, fields));
const hmacKeys: fc.Arbitrary<HmacKeySave> = fc
  .record({
    key: fc.constantFrom(1, 2, 255).map((n) => new Uint8Array(42).fill(n)),
    cycledAtNs: times,
  })
  .map((fields) => create(HmacKeySaveSchema, fields));

/** Merges rows one page after the other into an empty store. */
function folded(pages: readonly Partial<Rows>[]): Partial<Rows> {
  const merge = mergeRows(sampleNs);
  let local: Rows = noRows;
  for (const page of pages) {
    const { write } = merge(local, { ...noRows, ...page });
    local = {
      ...noRows,
      consent: write.consent.length > 0 ? write.consent : local.consent,
      hmacKey: write.hmacKey ?? local.hmacKey,
    };
  }
  return { consent: local.consent, hmacKey: local.hmacKey };
}

describe.each([
  { law: "consent", merge: mergeConsent as Join, rows: consents as Any },
  { law: "HMAC key", merge: mergeHmacKey as Join, rows: hmacKeys as Any },
])("the merge of a $law", ({ merge, rows }) => {
  test("is commutative, associative and idempotent (T12)", () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, a)).toEqual(a);
      }),
      { numRuns: 300 },
    );
  });
});
type Row = ConsentSave | HmacKeySave;
type Join = (a: Row, b: Row) => Row;
type Any = fc.Arbitrary<Row>;

test("pages merge to the same in any order, and twice is once (T4, T12)", () => {
  const pages = fc.array(
    fc.oneof(
      consents.map((consent) => ({ consent: [consent] })),
      hmacKeys.map((hmacKey) => ({ hmacKey })),
    ),
    { minLength: 1, maxLength: 6 },
  );
  const shuffled = pages.chain((list) =>
    fc.record({
      list: fc.constant(list),
      other: fc.shuffledSubarray(list, { minLength: list.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ list, other }) => {
      expect(folded(other)).toEqual(folded(list));
      expect(folded([...list, ...other])).toEqual(folded(list));
    }),
    { numRuns: 300 },
  );
});

test("times from the future become a day from now (T12)", () => {
  const far = { consentedAtNs: 2n ** 62n };
  const clamped = clampConsent(sampleConsent(1, far), sampleNs);
  expect(clamped.consentedAtNs).toBe(sampleNs + dayNs);
  const key = { ...sampleHmacKey(1), cycledAtNs: 2n ** 62n };
  expect(clampHmacKey(key, sampleNs).cycledAtNs).toBe(sampleNs + dayNs);
  const past = sampleConsent(1);
  expect(clampConsent(past, sampleNs)).toBe(past);
});

test("of one time denied wins over allowed over unknown", () => {
  const [unknown, allowed, denied] = [1, 2, 3].map((state) =>
    sampleConsent(1, { state }),
  ) as [ConsentSave, ConsentSave, ConsentSave];
  expect(mergeConsent(unknown, allowed)).toBe(allowed);
  expect(mergeConsent(denied, allowed)).toBe(denied);
});

test("the winner keeps its time, so that what lies between loses", () => {
  const [old, middle, newest] = [1, 2, 3].map((n) =>
    sampleConsent(1, { consentedAtNs: BigInt(n), state: n }),
  ) as [ConsentSave, ConsentSave, ConsentSave];
  expect(mergeConsent(mergeConsent(old, newest), middle)).toBe(newest);
});
