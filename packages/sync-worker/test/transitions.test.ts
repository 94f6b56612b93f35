import { create } from "@bufbuild/protobuf";
import { type InstallationId, installationId } from "@history-sync/primitives";
import { ArchiveOptionsSchema } from "@history-sync/proto/device-sync";
import { SyncReceiptSchema } from "@history-sync/proto/history-sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { afterAcknowledgement } from "../src/request/election.js";
import type {
  AvailableArchive,
  SealedArchive,
  Stage,
  StageName,
  SyncRequest,
} from "../src/request/sync-request.js";
import {
  deadlineOf,
  isFinal,
  next,
  type RequestEvent,
  type RequestEventType,
  type TransitionRules,
  transitions,
} from "../src/request/transitions.js";
import { steps } from "../src/worker/steps.js";

const [self, other, requester] = ["aa", "bb", "cc"].map((hex) =>
  installationId(hex.repeat(32)),
) as [InstallationId, InstallationId, InstallationId];

const archive: SealedArchive = {
  url: "https://history.example.org/files/a",
  key: new Uint8Array(32).fill(7),
  expiresAtNs: 90n,
};
const upload = { url: archive.url, deletionToken: "t", expiresAtNs: 90n };
const reply: AvailableArchive = {
  id: "m",
  pin: "pin",
  sender: other,
  sentAtNs: 1n,
  archive,
};
const receipt = create(SyncReceiptSchema, { requestId: "pin" });

const stages: { readonly [Name in StageName]: Stage } = {
  unsent: { name: "unsent" },
  requested: { name: "requested" },
  importing: { name: "importing", archive, by: other },
  imported: { name: "imported", receipt, by: other },
  acknowledging: { name: "acknowledging" },
  "standing-by": { name: "standing-by", untilNs: 50n },
  "awaiting-approval": { name: "awaiting-approval" },
  preparing: {
    name: "preparing",
    begun: upload,
    spooled: { id: "s", bytes: 1, archive },
  },
  uploaded: { name: "uploaded", archive, upload },
  replied: { name: "replied", upload },
  answered: { name: "answered", by: other },
  receipted: { name: "receipted", receipt },
  declined: { name: "declined", reason: "user", by: other, notified: false },
  cancelled: { name: "cancelled", notified: false },
  failed: { name: "failed", reason: "x" },
  expired: { name: "expired" },
};

const declineReason = fc.constantFrom(
  "user" as const,
  "policy" as const,
  "too-many" as const,
  "failed" as const,
);

const events: {
  readonly [Type in RequestEventType]: fc.Arbitrary<RequestEvent>;
} = {
  "request-received": fc
    .boolean()
    .map((lacksHistory) => ({ type: "request-received", lacksHistory })),
  superseded: fc.constant({ type: "superseded" }),
  acknowledged: fc
    .boolean()
    .map((withinBudget) => ({ type: "acknowledged", withinBudget })),
  "reply-received": fc.constant({ type: "reply-received", reply }),
  "reply-seen": fc.constant({ type: "reply-seen", by: other }),
  "decline-received": declineReason.map((reason) => ({
    type: "decline-received",
    reason,
    by: other,
    message: "No",
  })),
  "turn-freed": fc.constant({ type: "turn-freed" }),
  "receipt-received": fc.constant({ type: "receipt-received", receipt }),
  "cancel-received": fc.constant({ type: "cancel-received" }),
  "deadline-reached": fc.constant({ type: "deadline-reached" }),
  approve: fc.constant({ type: "approve" }),
  decline: fc.constant({ type: "decline", message: "No" }),
  cancel: fc.constant({ type: "cancel" }),
  "archive-chosen": fc.constant({ type: "archive-chosen", archive: reply }),
  "request-sent": fc.constant({ type: "request-sent" }),
  "upload-changed": fc.constant({ type: "upload-changed" }),
  "archive-uploaded": fc.constant({
    type: "archive-uploaded",
    archive,
    upload,
  }),
  "reply-sent": fc.constant({ type: "reply-sent" }),
  "archive-imported": fc.constant({ type: "archive-imported", receipt }),
  "receipt-sent": fc.constant({ type: "receipt-sent" }),
  "decline-sent": fc.constant({ type: "decline-sent" }),
  "cancel-sent": fc.constant({ type: "cancel-sent" }),
  "step-failed": fc.record({
    type: fc.constant("step-failed" as const),
    code: fc.constantFrom("not-found", "requester-not-in-inbox", "deadline"),
    retryable: fc.boolean(),
    nextReply: fc.constantFrom(reply, undefined),
    requestedAgain: fc.boolean(),
  }),
};

const event = fc.oneof(...Object.values(events));
const rules: fc.Arbitrary<TransitionRules> = fc.record({
  installationId: fc.constant(self),
  policy: fc.constantFrom("auto" as const, "ask" as const, "never" as const),
  takeoverMs: fc.constant(120_000),
});

const turn = (installation: InstallationId) => ({
  installation,
  sinceNs: 1n,
  atNs: 1n,
});

function requestIn(
  stage: Stage,
  fields: Partial<SyncRequest> = {},
): SyncRequest {
  return {
    id: "r",
    role: "responder",
    origin: "message",
    pin: "pin",
    serverUrl: "https://history.example.org",
    options: create(ArchiveOptionsSchema),
    format: "paged-v1",
    requester,
    createdAtNs: 1n,
    acknowledgements: [],
    exportsBegunAtNs: [],
    uploadsToDelete: [],
    attempt: 1,
    stage,
    ...fields,
  };
}

const request = fc
  .record({
    stage: fc.constantFrom(...Object.values(stages)),
    role: fc.constantFrom("requester" as const, "responder" as const),
    origin: fc.constantFrom("message" as const, "manual" as const),
    responder: fc.constantFrom(undefined, turn(self), turn(other)),
    expiresAtNs: fc.constantFrom(undefined, 0n, 40n, 60n),
  })
  .map(({ stage, expiresAtNs, ...fields }) =>
    requestIn(stage, {
      ...fields,
      ...(expiresAtNs !== undefined && { expiresAtNs }),
    }),
  );

test("every transition leads to a stage that the table names for it", () => {
  fc.assert(
    fc.property(request, event, rules, (before, happened, by) => {
      const after = next(before, happened, by, 45n)?.request;
      if (!after) return;
      const rule = transitions[happened.type][before.stage.name];
      expect(rule?.to).toContain(after.stage.name);
    }),
    { numRuns: 5_000 },
  );
});

test("a stage that names no archive holds no key", () => {
  const withKey: ReadonlySet<StageName> = new Set([
    "importing",
    "preparing",
    "uploaded",
  ]);
  fc.assert(
    fc.property(
      request,
      fc.array(event, { maxLength: 8 }),
      rules,
      (before, happened, by) => {
        let current = before;
        for (const one of happened) {
          current = next(current, one, by, 45n)?.request ?? current;
          const text = JSON.stringify(current, (_, value) =>
            value instanceof Uint8Array && value.length === 32
              ? "KEY"
              : typeof value === "bigint"
                ? `${value}`
                : value,
          );
          if (!withKey.has(current.stage.name))
            expect(text).not.toContain("KEY");
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("an upload with a deletion token that a request leaves behind is deleted", () => {
  fc.assert(
    fc.property(request, event, rules, (before, happened, by) => {
      const after = next(before, happened, by, 45n);
      if (!after || !("upload" in before.stage || "begun" in before.stage))
        return;
      const { stage, uploadsToDelete } = after.request;
      const isKept =
        "upload" in stage || ("begun" in stage && stage.begun !== undefined);
      expect(isKept).toBe(uploadsToDelete.length === 0);
      const deletes = after.effects.some(
        ({ type }) => type === "delete-uploads",
      );
      expect(deletes).toBe(!isKept);
    }),
    { numRuns: 2_000 },
  );
});

test("a message that is received again changes nothing more", () => {
  const messages = fc.oneof(
    events.superseded,
    events["reply-received"],
    events["reply-seen"],
    events["decline-received"],
    events["receipt-received"],
    events["cancel-received"],
    events.acknowledged,
  );
  fc.assert(
    fc.property(request, messages, rules, (before, message, by) => {
      const once = next(before, message, by, 45n)?.request ?? before;
      // The effect of an acknowledgement depends on the turn, which is recorded before it.
      if (message.type === "acknowledged" && once.role === "requester") return;
      const twice = next(once, message, by, 45n)?.request ?? once;
      expect(twice.stage).toEqual(once.stage);
    }),
    { numRuns: 3_000 },
  );
});

test("every stage leads to an end, and one that is no end has a step, a deadline or a message to wait for", () => {
  const arrows = new Map<StageName, Set<StageName>>();
  const waits = new Map<StageName, Set<RequestEventType>>();
  for (const [type, row] of Object.entries(transitions)) {
    for (const [from, rule] of Object.entries(row)) {
      const name = from as StageName;
      arrows.set(name, new Set([...(arrows.get(name) ?? []), ...rule.to]));
      const events = waits.get(name) ?? new Set();
      waits.set(name, events.add(type as RequestEventType));
    }
  }
  for (const [name, stage] of Object.entries(stages)) {
    const from = name as StageName;
    const reached = new Set<StageName>([from]);
    for (const at of reached) {
      for (const to of arrows.get(at) ?? []) reached.add(to);
    }
    const ends = [...reached].some((to) => isFinal({ stage: stages[to] }));
    expect(ends, `${name} has an end`).toBe(true);
    if (isFinal({ stage })) continue;
    const isVisibleWait =
      steps[from] !== undefined || waits.get(from)?.has("deadline-reached");
    expect(isVisibleWait, `${name} waits for something`).toBe(true);
  }
});

test("a request that waits for time has its deadline in the future of its stage", () => {
  fc.assert(
    fc.property(request, rules, (before, by) => {
      const atNs = deadlineOf(before);
      const after = next(before, { type: "deadline-reached" }, by, 45n);
      if (after) expect(after.request.stage).not.toEqual(before.stage);
      if (atNs !== undefined) expect(after).toBeDefined();
    }),
    { numRuns: 2_000 },
  );
});

test("two installations that see the same acknowledgements never prepare an archive both", () => {
  const acknowledgement = fc.record({
    by: fc.constantFrom(self, other),
    atNs: fc.bigInt({ min: 1n, max: 400_000_000_000n }),
  });
  fc.assert(
    fc.property(
      fc.array(acknowledgement, { minLength: 1, maxLength: 6 }),
      (sent) => {
        const inOrder = sent.toSorted((a, b) =>
          a.atNs === b.atNs ? 0 : a.atNs < b.atNs ? -1 : 1,
        );
        const prepares = [self, other].map((installation) => {
          const by = {
            installationId: installation,
            policy: "auto",
            takeoverMs: 120_000,
          } as const;
          let seen = requestIn(stages.acknowledging);
          for (const { by: sender, atNs } of inOrder) {
            const received = {
              installation: sender,
              rank: 0,
              atNs,
              awaitingApproval: false,
            };
            const notes = afterAcknowledgement(seen, received, by.takeoverMs);
            seen = { ...seen, ...notes };
            const happened = {
              type: "acknowledged",
              withinBudget: true,
            } as const;
            seen = next(seen, happened, by, atNs)?.request ?? seen;
          }
          return seen.stage.name === "preparing";
        });
        expect(prepares.filter(Boolean).length).toBeLessThan(2);
      },
    ),
    { numRuns: 2_000 },
  );
});
