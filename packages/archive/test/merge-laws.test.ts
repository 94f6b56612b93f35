import { create } from "@bufbuild/protobuf";
import { equalBytes } from "@history-sync/primitives";
import {
  type ConsentSave,
  type GroupSave,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clampConsent,
  clampHmacKey,
  type Element,
  mergeConsent,
  mergeGroup,
  mergeHmacKey,
  mergeRows,
  type Rows,
} from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  noRows,
  readHistory,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleMessage,
  sampleNs,
} from "../src/testing/index.js";
import { imported } from "./archives.js";

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

test("pages merge to the same rows in any order, and when repeated (T4, T12)", () => {
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

test("archives merge to the same history in any order, page size and number (T4, T13)", async () => {
  const groups = [1, 2, 3].map((n) => sampleGroup(n));
  const elements = fc.oneof(
    fc
      .constantFrom(...groups)
      .map((value): Element => ({ case: "group", value })),
    fc.record({ n: fc.nat({ max: 9 }) }).map(
      ({ n }): Element => ({
        case: "groupMessage",
        value: sampleMessage(n, groups[n % 3] as GroupSave),
      }),
    ),
    consents.map((value): Element => ({ case: "consent", value })),
    hmacKeys.map((value): Element => ({ case: "hmacKey", value })),
  );
  const archive = fc.array(elements, { maxLength: 12 });
  const known = groups.map((value): Element => ({ case: "group", value }));
  const merged = async (
    archives: readonly (readonly Element[])[],
    pageRows: number,
  ) => {
    const history = new MemoryHistory();
    for (const [i, each] of archives.entries()) {
      // With every conversation known, no stub tells which message came first.
      const all = i === 0 ? [...known, ...each] : each;
      await imported(history, all, { importId: `${i}`, pageRows });
    }
    return readHistory(history);
  };
  await fc.assert(
    fc.asyncProperty(
      archive,
      archive,
      archive,
      fc.integer({ min: 1, max: 5 }),
      async (a, b, c, pageRows) => {
        const expected = await merged([a, b, c], 100);
        expect(await merged([c, a, b], pageRows)).toEqual(expected);
        expect(await merged([[...a, ...b, ...c]], pageRows)).toEqual(expected);
        expect(await merged([a, b, c, b, a], pageRows)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("local rows win over any archive, and only newer preferences and times change (T12, T13, T20)", () => {
  const local = sampleGroup(1, { lastMessageNs: 5n });
  const claims = fc.record({
    lastMessageNs: fc.option(times, { nil: undefined }),
    membershipState: fc.constantFrom(1, 2, 3, 4, 5),
    addedByInboxId: fc.constantFrom("", "ab".repeat(32)),
    createdAtNs: times,
  });
  fc.assert(
    fc.property(claims, claims, (a, b) => {
      const [one, other] = [a, b].map(({ lastMessageNs, ...rest }) =>
        sampleGroup(
          1,
          lastMessageNs === undefined ? rest : { ...rest, lastMessageNs },
        ),
      ) as [GroupSave, GroupSave];
      const after = mergeGroup(mergeGroup(local, one), other);
      expect(after).toEqual(mergeGroup(mergeGroup(local, other), one));
      expect(mergeGroup(after, one)).toEqual(after);
      expect({ ...after, lastMessageNs: 5n }).toEqual(local);
      expect(after.lastMessageNs).toBeGreaterThanOrEqual(5n);
    }),
    { numRuns: 200 },
  );
});

test("a known message remains, and another body is always reported (T13)", () => {
  const group = sampleGroup(1);
  const bodies = fc.uint8Array({ maxLength: 3 });
  fc.assert(
    fc.property(bodies, fc.array(bodies, { maxLength: 4 }), (body, others) => {
      const known = sampleMessage(1, group, { decryptedMessageBytes: body });
      const messages = others.map((decryptedMessageBytes) =>
        sampleMessage(1, group, { decryptedMessageBytes }),
      );
      const local = { ...noRows, groups: [group], messages: [known] };
      const merged = mergeRows(sampleNs)(local, { ...noRows, messages });
      expect(merged.write.messages).toEqual([]);
      expect(merged.outcomes).toEqual(
        others.map((other) =>
          equalBytes(other, body) ? "present" : "conflicting",
        ),
      );
    }),
    { numRuns: 200 },
  );
});

test("a newer consent is never lost, and future times are at most a day ahead (T12)", () => {
  fc.assert(
    fc.property(consents, consents, (a, b) => {
      const { consent } = folded([{ consent: [a] }, { consent: [b] }]);
      const clamped = [a, b].map((each) => clampConsent(each, sampleNs));
      const latest = clamped.map(({ consentedAtNs }) => consentedAtNs).sort();
      const [winner] = consent ?? [];
      expect(winner?.consentedAtNs).toBe(latest.at(-1));
      expect(winner?.consentedAtNs).toBeLessThanOrEqual(sampleNs + dayNs);
      expect(clamped).toContainEqual(winner);
    }),
    { numRuns: 300 },
  );
});

test("times in the future are clamped to a day from now (T12)", () => {
  const far = { consentedAtNs: 2n ** 62n };
  const clamped = clampConsent(sampleConsent(1, far), sampleNs);
  expect(clamped.consentedAtNs).toBe(sampleNs + dayNs);
  const key = { ...sampleHmacKey(1), cycledAtNs: 2n ** 62n };
  expect(clampHmacKey(key, sampleNs).cycledAtNs).toBe(sampleNs + dayNs);
  const past = sampleConsent(1);
  expect(clampConsent(past, sampleNs)).toBe(past);
});

test("at equal times denied wins over allowed, and allowed over unknown", () => {
  const [unknown, allowed, denied] = [1, 2, 3].map((state) =>
    sampleConsent(1, { state }),
  ) as [ConsentSave, ConsentSave, ConsentSave];
  expect(mergeConsent(unknown, allowed)).toBe(allowed);
  expect(mergeConsent(denied, allowed)).toBe(denied);
});

test("the winning consent keeps its time, so that a record between the two loses", () => {
  const [old, middle, newest] = [1, 2, 3].map((n) =>
    sampleConsent(1, { consentedAtNs: BigInt(n), state: n }),
  ) as [ConsentSave, ConsentSave, ConsentSave];
  expect(mergeConsent(mergeConsent(old, newest), middle)).toBe(newest);
});
