import { type InboxId, installationId } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { metadataFields, xmtpGroupRules } from "../../src/xmtp/index.js";
import { attribute, commit, inboxes, inboxesAt } from "./commits.js";

const rules = xmtpGroupRules({ states: inboxes.log });

test.each(["1.10.1", "1.11.0", "2.0.0", "1.10.0-rc1"])(
  "a group that requires %s stays pending, and isn't forked",
  async (version) => {
    const asking = commit({
      change: attribute(metadataFields.minimumProtocolVersion, version),
    });
    await expect(rules.reviewCommit(asking)).rejects.toMatchObject({
      code: "newer-protocol",
    });
    const later = xmtpGroupRules({ states: inboxes.log, version: "2.1.0" });
    await later.reviewCommit(asking);
  },
);

test("a commit isn't refused while the identity log can't be reached", async () => {
  const unreachable = new DOMException("unreachable", "NetworkError");
  const { reviewCommit } = xmtpGroupRules({
    states: {
      ...inboxes.log,
      installationsAt: () => Promise.reject(unreachable),
    },
  });
  await expect(reviewCommit(commit({}))).rejects.toBe(unreachable);
});

test("a commit that names thousands of inboxes is refused after a few look-ups", async () => {
  const many = Array.from(
    { length: 2_000 },
    (_, i) => [i.toString(16).padStart(64, "0") as InboxId, 1n] as const,
  );
  let asked = 0;
  const { reviewCommit } = xmtpGroupRules({
    states: {
      ...inboxes.log,
      installationsAt: async () => {
        asked++;
        return [installationId("11".repeat(32))];
      },
    },
  });
  await expect(
    reviewCommit(commit({ change: inboxesAt(many) })),
  ).rejects.toMatchObject({ code: "refused-commit" });
  expect(asked).toBeLessThan(10);
});
