import { describe, expect, test } from "vitest";
import {
  checkConsent,
  checkGroup,
  checkHmacKey,
  checkMessage,
} from "../src/check-rows.js";
import { rowLimits } from "../src/index.js";
import { MemoryHistory } from "../src/memory.js";
import {
  readHistory,
  sampleConsent,
  sampleGroup,
  sampleHmacKey,
  sampleId,
  sampleMessage,
} from "../src/testing/index.js";
import { imported } from "./archives.js";

const group = sampleGroup(1);
const long = "x".repeat(rowLimits.nameLength + 1);

describe("rows that can't be right are skipped, with a reason (T13, T14)", () => {
  test.each([
    [{ id: new Uint8Array() }, "id"],
    [{ id: sampleId(1, 31) }, "id"],
    [{ groupId: new Uint8Array() }, "id"],
    [{ groupId: sampleId(1, 256) }, "id"],
    [{ senderInstallationId: sampleId(1, 33) }, "id"],
    [{ senderInboxId: "" }, "sender"],
    [{ senderInboxId: "AB".repeat(32) }, "sender"],
    [{ senderInboxId: `${"ab".repeat(32)}\n` }, "sender"],
    [{ senderInboxId: "' OR 1=1 --" }, "sender"],
    [{ kind: 0 }, "kind"],
    [{ kind: 99 as never }, "kind"],
    [{ deliveryStatus: 0 }, "delivery-status"],
    [{ sentAtNs: -1n }, "time"],
    [{ sentAtNs: rowLimits.timeNs }, "time"],
    [{ sentAtNs: -(2n ** 63n) }, "time"],
    [{ contentType: long }, "too-long"],
    [{ authorityId: long }, "too-long"],
    [{ referenceId: sampleId(1, 256) }, "too-long"],
    [
      { decryptedMessageBytes: new Uint8Array(rowLimits.messageBytes + 1) },
      "too-long",
    ],
  ])("message %#", (fields, reason) => {
    expect(checkMessage(sampleMessage(1, group, fields))).toBe(reason);
  });

  const mutable = (fields: object) => ({
    mutableMetadata: {
      attributes: {},
      adminList: [],
      superAdminList: [],
      ...fields,
    } as never,
  });
  const many = Array.from(
    { length: rowLimits.listLength + 1 },
    (_, n) => `${n}`,
  );

  test.each([
    [{ id: new Uint8Array() }, "id"],
    [{ conversationType: 3 }, "sync-group"],
    [{ createdAtNs: -1n }, "time"],
    [{ lastMessageNs: 2n ** 63n - 1n }, "time"],
    [{ dmId: long }, "too-long"],
    [{ addedByInboxId: long }, "too-long"],
    [mutable({ attributes: { [long]: "" } }), "too-long"],
    [
      mutable({ attributes: { a: "x".repeat(rowLimits.textLength + 1) } }),
      "too-long",
    ],
    [
      mutable({ attributes: Object.fromEntries(many.map((n) => [n, n])) }),
      "too-long",
    ],
    [mutable({ adminList: many }), "too-long"],
    [mutable({ superAdminList: [long] }), "too-long"],
  ])("conversation %#", (fields, reason) => {
    expect(checkGroup(sampleGroup(1, fields))).toBe(reason);
  });

  test.each([
    [{ entityType: 0 }, "consent-type"],
    [{ entityType: 3 }, "consent-type"],
    [{ state: 0 }, "consent-state"],
    [{ state: 4 as never }, "consent-state"],
    [{ entity: "" }, "entity"],
    [{ entity: "__proto__" }, "entity"],
    [{ entity: "abc" }, "entity"],
    [{ entityType: 2, entity: "ab".repeat(16) }, "entity"],
    [{ entity: "ab".repeat(256) }, "entity"],
    [{ consentedAtNs: -1n }, "time"],
  ])("consent %#", (fields, reason) => {
    expect(checkConsent(sampleConsent(1, fields))).toBe(reason);
  });

  test("HMAC key", () => {
    const key = sampleHmacKey(1);
    expect(checkHmacKey({ ...key, key: sampleId(1, 43) })).toBe("key-length");
    expect(checkHmacKey({ ...key, cycledAtNs: -1n })).toBe("time");
  });

  test("checkRows finds nothing wrong with valid rows", () => {
    expect(checkMessage(sampleMessage(1, group))).toBeUndefined();
    expect(checkGroup(group)).toBeUndefined();
    expect(checkConsent(sampleConsent(1))).toBeUndefined();
    expect(checkHmacKey(sampleHmacKey(1))).toBeUndefined();
  });
});

test("an invalid row is skipped, and all others are imported (T13)", async () => {
  const history = new MemoryHistory();
  const summary = await imported(history, [
    { case: "group", value: sampleGroup(2, { createdAtNs: -1n }) },
    { case: "group", value: group },
    { case: "groupMessage", value: sampleMessage(1, group, { kind: 0 }) },
    { case: "groupMessage", value: sampleMessage(2, group) },
    { case: "consent", value: sampleConsent(1, { state: 0 }) },
    { case: "consent", value: sampleConsent(2) },
    { case: "hmacKey", value: sampleHmacKey(1) },
    {
      case: "hmacKey",
      value: { ...sampleHmacKey(2), key: sampleId(1, 41) },
    },
  ]);
  const seen = await readHistory(history);
  expect(seen.groups).toHaveLength(1);
  expect(seen.messages).toEqual([sampleMessage(2, group)]);
  expect(seen.consent).toEqual([sampleConsent(2)]);
  expect(seen.hmacKey).toEqual(sampleHmacKey(1));
  expect(summary.groups.skipped).toEqual({ time: 1 });
  expect(summary.messages).toMatchObject({ inserted: 1, skipped: { kind: 1 } });
  expect(summary.consent.skipped).toEqual({ "consent-state": 1 });
  expect(summary.hmacKey.skipped).toEqual({ "key-length": 1 });
});

test("attribute names of Object.prototype change no prototype (T14)", async () => {
  const attributes = JSON.parse('{"__proto__":"evil","constructor":"evil"}');
  const mutableMetadata = {
    attributes,
    adminList: ["__proto__"],
    superAdminList: [],
  };
  const value = sampleGroup(1, { mutableMetadata: mutableMetadata as never });
  const history = new MemoryHistory();
  await imported(history, [{ case: "group", value }]);
  const [seen] = (await readHistory(history)).groups;
  expect(Object.entries(seen?.mutableMetadata?.attributes ?? {})).toEqual(
    Object.entries(attributes),
  );
});
