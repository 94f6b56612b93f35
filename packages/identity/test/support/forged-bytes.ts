import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type IdentityUpdate,
  IdentityUpdateSchema,
} from "@history-sync/proto/identity";
import { encodeUpdate, signatureText } from "../../src/index.js";
import { signatureBy } from "../../src/signer.js";
import type { ForgedLog, Forgeries } from "./forged-logs.js";
import { app, wallet } from "./people.js";
import { Story } from "./story.js";

const alix = wallet("alix");
const phone = app("phone");
const laptop = app("laptop");

async function inbox(): Promise<Story> {
  return await new Story(alix).create(alix, phone);
}

/** An inbox with a second update that was changed after it was signed. */
async function tampered(
  fields: Pick<ForgedLog, "says" | "refusedWith">,
  change: (update: IdentityUpdate) => void,
): Promise<ForgedLog> {
  const story = await (await inbox()).add(alix, laptop);
  const sound = story.entries.pop()?.update ?? new Uint8Array();
  const update = fromBinary(IdentityUpdateSchema, sound);
  change(update);
  story.push(toBinary(IdentityUpdateSchema, update));
  return { ...fields, story };
}

/** The one action of the update, which adds an installation. */
function added(update: IdentityUpdate) {
  const kind = update.actions[0]?.kind;
  if (kind?.case !== "add") throw new TypeError("expected an addition");
  return kind.value;
}

/** A field that only a later version knows. */
const later = { no: 31, wireType: 2, data: Uint8Array.of(1, 7) };

/** Bytes, kinds and sequence ids that no log may have. */
export const forgedBytes: Forgeries = {
  "no-protobuf": async () => ({
    says: "the bytes aren't protobuf",
    refusedWith: "malformed-update",
    story: (await inbox()).push(Uint8Array.of(0x0a, 0xff, 0xff, 0x03)),
  }),
  "cut-short": async () => {
    const story = await (await inbox()).add(alix, laptop);
    const whole = story.entries.pop()?.update ?? new Uint8Array();
    return {
      says: "the last byte is missing",
      refusedWith: "malformed-update",
      story: story.push(whole.subarray(0, whole.length - 1)),
    };
  },
  "unknown-action": () =>
    tampered(
      { says: "an action of a later version", refusedWith: "unknown-kind" },
      (update) => {
        for (const action of update.actions) {
          action.kind = { case: undefined };
          action.$unknown = [later];
        }
      },
    ),
  "unknown-signature": () =>
    tampered(
      { says: "a signature of a later kind", refusedWith: "unknown-kind" },
      (update) => {
        const signature = added(update).existingMemberSignature;
        if (signature === undefined) throw new TypeError("no signature");
        signature.signature = { case: undefined };
        signature.$unknown = [later];
      },
    ),
  "unknown-member": () =>
    tampered(
      { says: "a member of a later kind", refusedWith: "unknown-kind" },
      (update) => {
        const member = added(update).newMemberIdentifier;
        if (member === undefined) throw new TypeError("no member");
        member.kind = { case: undefined };
        member.$unknown = [later];
      },
    ),
  "unknown-owner": async () => {
    const story = await inbox();
    const sound = story.entries.pop()?.update ?? new Uint8Array();
    const update = fromBinary(IdentityUpdateSchema, sound);
    const kind = update.actions[0]?.kind;
    if (kind?.case !== "createInbox") throw new TypeError("no creation");
    kind.value.initialIdentifierKind = 3 as never;
    return {
      says: "an owner of a later kind",
      refusedWith: "unknown-kind",
      story: story.push(toBinary(IdentityUpdateSchema, update)),
    };
  },
  "missing-action": () =>
    tampered(
      { says: "an action of no kind", refusedWith: "malformed-update" },
      (update) => {
        for (const action of update.actions) action.kind = { case: undefined };
      },
    ),
  "missing-signature": () =>
    tampered(
      {
        says: "the new installation's signature is missing",
        refusedWith: "malformed-update",
      },
      (update) => {
        delete added(update).newMemberSignature;
      },
    ),
  "missing-member": () =>
    tampered(
      { says: "the new member is missing", refusedWith: "malformed-update" },
      (update) => {
        delete added(update).newMemberIdentifier;
      },
    ),
  "short-installation-key": () =>
    tampered(
      {
        says: "the new installation's key has 31 bytes",
        refusedWith: "malformed-update",
      },
      (update) => {
        const kind = added(update).newMemberIdentifier?.kind;
        if (kind?.case !== "installationPublicKey")
          throw new TypeError("no key");
        kind.value = kind.value.subarray(1);
      },
    ),
  "later-second": () =>
    tampered(
      {
        says: "the time is a second later than the one that was signed",
        refusedWith: "invalid-signature",
      },
      (update) => {
        update.clientTimestampNs += 1_000_000_000n;
      },
    ),
  "address-in-mixed-case": async () => {
    const story = await inbox();
    const sound = story.entries.pop()?.update ?? new Uint8Array();
    const update = fromBinary(IdentityUpdateSchema, sound);
    const kind = update.actions[0]?.kind;
    if (kind?.case !== "createInbox") throw new TypeError("no creation");
    const { initialIdentifier } = kind.value;
    kind.value.initialIdentifier = initialIdentifier
      .toUpperCase()
      .replace("X", "x");
    return {
      says: "the owner's address is in upper case: the text is another, and so is the signer",
      refusedWith: "invalid-signature",
      story: story.push(toBinary(IdentityUpdateSchema, update)),
    };
  },
  "repeated-sequence-id": async () => {
    const story = await (await inbox()).add(alix, laptop);
    const [first, second] = story.entries.splice(0);
    if (first === undefined || second === undefined) throw new TypeError();
    story.entries.push(first, { ...second, sequenceId: first.sequenceId });
    return {
      says: "two updates have the same sequence id",
      refusedWith: "out-of-order",
      story,
    };
  },
  "sequence-id-of-zero": async () => {
    const story = await inbox();
    const [first] = story.entries.splice(0);
    if (first === undefined) throw new TypeError();
    story.entries.push({ ...first, sequenceId: 0n });
    return {
      says: "the first update has the sequence id 0",
      refusedWith: "out-of-order",
      story,
    };
  },
  "state-in-a-gap": async () => ({
    says: "somebody names a sequence id between two updates",
    refusedWith: "missing-update",
    story: await (await inbox()).add(alix, laptop),
    atSequenceId: 3n,
  }),
  "state-after-the-end": async () => ({
    says: "somebody names a sequence id after the last update",
    refusedWith: "missing-update",
    story: await (await inbox()).add(alix, laptop),
    atSequenceId: 6n,
  }),
  "no-actions": async () => {
    const story = await inbox();
    const { inboxId } = story;
    const empty = create(IdentityUpdateSchema, { inboxId });
    return {
      says: "an update does nothing, and so needs nobody's signature",
      refusedWith: "empty-update",
      story: story.push(toBinary(IdentityUpdateSchema, empty)),
      onlyByNodes: true,
    };
  },
  "lines-in-an-identifier": async () => {
    const story = await inbox();
    const by = alix.identifier();
    const identifier = `${by.identifier})\n- Create inbox\n  (Owner: 0x0`;
    const change = {
      kind: "change-recovery",
      recovery: { kind: "ethereum", identifier },
    } as const;
    const fields = { inboxId: story.inboxId, ...story.now() };
    const text = signatureText({ ...fields, actions: [change] });
    const signature = await signatureBy(alix, text);
    const actions = [{ ...change, signature }];
    return {
      says: "a recovery identifier brings lines of text with it that look like another action",
      refusedWith: "invalid-identifier",
      story: story.push(encodeUpdate({ ...fields, actions })),
      onlyByNodes: true,
    };
  },
};
