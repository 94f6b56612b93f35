import { concatBytes } from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import { verifyKeyPackage } from "../src/key-package.js";
import {
  type KeyPackageParts,
  TestInstallation,
} from "./support/test-installation.js";

const nowMs = 1_800_000_000_000;
const now = BigInt(nowMs / 1_000);
const invalid = expect.objectContaining({ code: "invalid-key-package" });

describe("a key package", () => {
  test("gives the key that signed it", () => {
    const installation = new TestInstallation();
    const bytes = installation.keyPackage();
    expect(verifyKeyPackage(bytes, nowMs)).toEqual(installation.key);
  });

  test.each<[string, KeyPackageParts]>([
    ["of another suite", { suite: 1 }],
    ["that isn't valid yet", { notBefore: now + 10n }],
    ["that has expired", { notAfter: now - 10n }],
    ["whose credential names no inbox", { inboxId: "alix" }],
  ])("is refused if it is one %s", (_, parts) => {
    const bytes = new TestInstallation().keyPackage(parts);
    expect(() => verifyKeyPackage(bytes, nowMs)).toThrow(invalid);
  });

  test("is refused with any byte changed, missing or added", () => {
    const bytes = new TestInstallation().keyPackage();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => verifyKeyPackage(changed, nowMs)).toThrow(invalid);
      expect(() => verifyKeyPackage(bytes.slice(0, at), nowMs)).toThrow(
        invalid,
      );
    }
    const longer = concatBytes(bytes, new Uint8Array(1));
    expect(() => verifyKeyPackage(longer, nowMs)).toThrow(invalid);
  });
});
