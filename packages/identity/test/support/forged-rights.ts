import type { DraftAction, UpdateSigner } from "../../src/index.js";
import { identifierOf } from "../../src/signer.js";
import type { Forgeries } from "./forged-logs.js";
import { app, wallet } from "./people.js";
import { adding, forge, revoking, Story } from "./story.js";

const alix = wallet("alix");
const bo = wallet("bo");
const mallory = wallet("mallory");
const phone = app("phone");
const laptop = app("laptop");

async function inbox(): Promise<Story> {
  return await new Story(alix).create(alix, phone);
}

function recovery(by: UpdateSigner, next = bo): DraftAction {
  const named = next.identifier();
  return { kind: "change-recovery", recovery: named, by: identifierOf(by) };
}

/** Sound signatures by those who may not. */
export const forgedRights: Forgeries = {
  "added-by-a-stranger": async () => ({
    says: "a wallet that isn't in the inbox adds an installation",
    refusedWith: "missing-member",
    story: await (await inbox()).add(mallory, laptop),
  }),
  "added-by-a-revoked-member": async () => {
    const story = await inbox();
    await story.add(alix, bo);
    await story.revoke(alix, bo);
    return {
      says: "a wallet that was revoked adds an installation",
      refusedWith: "missing-member",
      story: await story.add(bo, laptop),
    };
  },
  "added-by-a-revoked-installation": async () => {
    const story = await inbox();
    await story.revoke(alix, phone);
    return {
      says: "an installation that was revoked adds a wallet",
      refusedWith: "missing-member",
      story: await story.add(phone, bo),
    };
  },
  "added-by-a-child-of-a-revoked-wallet": async () => {
    const story = await inbox();
    await story.add(alix, bo);
    await story.add(bo, laptop);
    await story.revoke(alix, bo);
    return {
      says: "an installation went with the wallet that had added it, and adds another wallet",
      refusedWith: "missing-member",
      story: await story.add(laptop, mallory),
    };
  },
  "installation-adds-an-installation": async () => ({
    says: "an installation adds an installation",
    refusedWith: "member-not-allowed",
    story: await (await inbox()).add(phone, laptop),
  }),
  "adds-itself": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, alix));
    return {
      says: "a wallet adds itself",
      refusedWith: "added-itself",
      story: story.push(await forge(draft, [alix, alix])),
    };
  },
  "revoked-by-a-member": async () => {
    const story = await inbox();
    await story.add(alix, bo);
    return {
      says: "a member that isn't the recovery identifier revokes an installation",
      refusedWith: "missing-member",
      story: await story.revoke(bo, phone),
    };
  },
  "revoked-without-the-recovery-signature": async () => {
    const story = await inbox();
    const draft = story.draft(revoking(alix, phone));
    return {
      says: "an installation signs its own revocation in the place of the recovery identifier",
      refusedWith: "missing-member",
      story: story.push(await forge(draft, [alix, phone])),
    };
  },
  "revoked-by-a-former-recovery": async () => {
    const story = await inbox();
    await story.sign(story.draft(recovery(alix)), alix);
    return {
      says: "the recovery identifier of before revokes an installation",
      refusedWith: "missing-member",
      story: await story.revoke(alix, phone),
    };
  },
  "recovery-changed-by-a-member": async () => {
    const story = await inbox();
    await story.add(alix, bo);
    return {
      says: "a member that isn't the recovery identifier names itself in its place",
      refusedWith: "missing-member",
      story: await story.sign(story.draft(recovery(bo)), bo),
    };
  },
  "bad-second-action": async () => {
    const story = await inbox();
    await story.add(alix, bo);
    const draft = story.draft(adding(bo, laptop), revoking(bo, phone));
    return {
      says: "the first action is sound, the second isn't allowed: neither counts",
      refusedWith: "missing-member",
      story: await story.sign(draft, bo, laptop),
    };
  },
  "never-created": async () => ({
    says: "the log starts with an addition",
    refusedWith: "not-created",
    story: await new Story(alix).add(alix, phone),
  }),
  "created-twice": async () => {
    const story = await inbox();
    return {
      says: "the inbox is created a second time",
      refusedWith: "already-created",
      story: await story.create(alix, laptop),
    };
  },
  "created-with-another-nonce": async () => ({
    says: "the owner and nonce of the creation give another inbox than the update names",
    refusedWith: "wrong-inbox",
    story: await (async () => {
      const story = new Story(alix, 1n);
      const owner = alix.identifier();
      const create = { kind: "create-inbox", owner, nonce: 2n } as const;
      const draft = story.draft({ ...create, by: owner }, adding(alix, phone));
      return await story.sign(draft, alix, phone);
    })(),
  }),
  "update-of-another-inbox": async () => {
    const story = await inbox();
    const other = await new Story(bo).create(bo, laptop);
    return {
      says: "an update of another inbox stands in the log",
      refusedWith: "wrong-inbox",
      story: story.push(other.entries[0]?.update ?? new Uint8Array()),
    };
  },
};
