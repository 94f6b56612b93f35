import { expect, test } from "vitest";
import {
  encodeUpdate,
  foldLog,
  foldSteps,
  type InboxState,
  installationsOf,
  memberKey,
  memberOf,
  membersChanged,
  type UpdateSigner,
} from "../src/index.js";
import { identifierOf } from "../src/signer.js";
import {
  app,
  chains,
  contract,
  key,
  legacySignature,
  wallet,
} from "./support/people.js";
import { adding, forge, revoking, Story } from "./support/story.js";

const alix = wallet("alix");
const bo = wallet("bo");
const phone = app("phone");
const laptop = app("laptop");

function membersOf(state: InboxState): ReadonlySet<string> {
  return new Set(state.members.keys());
}

function keysOf(...signers: readonly UpdateSigner[]): ReadonlySet<string> {
  return new Set(signers.map((signer) => memberKey(identifierOf(signer))));
}

async function inbox(): Promise<Story> {
  return await new Story(alix).create(alix, phone);
}

test("a wallet, a passkey and a contract each own an inbox", async () => {
  for (const owner of [alix, key("alix"), contract("shared")]) {
    const story = await new Story(owner).create(owner, phone);
    const state = await story.state();
    expect(membersOf(state)).toEqual(keysOf(owner, phone));
    expect(memberKey(state.recovery)).toBe(memberKey(identifierOf(owner)));
  }
});

test("a contract is a member of its chain", async () => {
  const shared = contract("shared", 8453n);
  const story = await new Story(shared).create(shared, phone);
  const state = await story.state();
  expect(memberOf(state, identifierOf(shared))?.chainId).toBe(8453n);
  expect(memberOf(state, identifierOf(phone))?.chainId).toBeUndefined();
});

test("a key of the earlier protocol creates the inbox of its wallet with nonce 0", async () => {
  const story = new Story(alix, 0n);
  const owner = alix.identifier();
  const draft = story.draft(
    { kind: "create-inbox", owner, nonce: 0n, by: owner },
    adding(alix, phone),
  );
  const legacy = await legacySignature("alix", draft.text);
  story.push(await forge(draft, [alix, legacy], [phone, phone]));
  expect(membersOf(await story.state())).toEqual(keysOf(alix, phone));
});

test("wallets and passkeys add each other; an installation adds a wallet", async () => {
  const story = await inbox();
  await story.add(alix, key("alix"));
  await story.add(key("alix"), laptop);
  await story.add(laptop, bo);
  const state = await story.state();
  expect(membersOf(state)).toEqual(
    keysOf(alix, phone, key("alix"), laptop, bo),
  );
  const added = memberOf(state, identifierOf(bo));
  expect(added?.addedBy).toEqual(identifierOf(laptop));
});

test("a passkey is the same on every site", async () => {
  const story = await inbox();
  await story.add(alix, key("alix", "https://a.example"));
  await story.add(key("alix", "https://b.example"), laptop);
  expect(installationsOf(await story.state())).toHaveLength(2);
});

test("the recovery identifier adds members without being one", async () => {
  const story = await inbox();
  const by = alix.identifier();
  const recovery = bo.identifier();
  await story.sign(
    story.draft({ kind: "change-recovery", recovery, by }),
    alix,
  );
  await story.add(bo, laptop);
  const state = await story.state();
  expect(state.recovery).toEqual(recovery);
  expect(membersOf(state)).toEqual(keysOf(alix, phone, laptop));
});

test("a revoked wallet takes its installations with it, and leaves the wallets it added", async () => {
  const story = await inbox();
  await story.add(alix, bo);
  await story.add(bo, laptop);
  await story.add(bo, wallet("caro"));
  const before = await story.state();
  await story.revoke(alix, bo);
  const after = await story.state();
  expect(membersOf(after)).toEqual(keysOf(alix, phone, wallet("caro")));
  expect([...after.revoked]).toEqual([laptop.installationId]);
  expect(membersChanged(before, after)).toEqual({
    added: [],
    removed: [identifierOf(bo), identifierOf(laptop)],
  });
});

test("an owner that is revoked as a member recovers all the same", async () => {
  const story = await inbox();
  await story.revoke(alix, alix);
  expect(membersOf(await story.state())).toEqual(new Set());
  await story.add(alix, laptop);
  expect(membersOf(await story.state())).toEqual(keysOf(laptop));
});

test("whom a revocation names may have gone before", async () => {
  const story = await inbox();
  const before = await story.state();
  await story.revoke(alix, laptop);
  const after = await story.state();
  expect(membersOf(after)).toEqual(membersOf(before));
  expect(after.revoked.size).toBe(0);
});

test("a revoked installation comes back by new signatures", async () => {
  const story = await inbox();
  await story.revoke(alix, phone);
  expect([...(await story.state()).revoked]).toEqual([phone.installationId]);
  await story.add(alix, phone);
  const state = await story.state();
  expect(installationsOf(state)).toEqual([phone.installationId]);
  expect(state.revoked.size).toBe(0);
});

test("one signature allows several actions of one update", async () => {
  const story = await inbox();
  await story.add(alix, laptop);
  const { entries } = story;
  await story.sign(
    story.draft(revoking(alix, phone), revoking(alix, laptop)),
    alix,
  );
  expect(entries).toHaveLength(3);
  expect(installationsOf(await story.state())).toEqual([]);
});

test("an update without actions changes nothing", async () => {
  const story = await inbox();
  const before = await story.state();
  const fields = { inboxId: story.inboxId, clientTimestampNs: 0n };
  story.push(encodeUpdate({ ...fields, actions: [] }));
  expect(await story.state()).toEqual(before);
});

test("the state as it was is that of the shorter log", async () => {
  const story = await inbox();
  await story.add(alix, laptop);
  await story.revoke(alix, phone);
  const { inboxId, entries } = story;
  for (const [index, { sequenceId }] of entries.entries()) {
    const then = await foldLog(inboxId, entries, { atSequenceId: sequenceId });
    expect(then).toEqual(await foldLog(inboxId, entries.slice(0, index + 1)));
    expect(then.sequenceId).toBe(sequenceId);
  }
});

test("a fold goes on from any place of the log", async () => {
  const story = await inbox();
  await story.add(alix, laptop);
  await story.revoke(alix, phone);
  const { inboxId, entries } = story;
  const whole = await foldLog(inboxId, entries);
  let index = 0;
  for await (const from of foldSteps(inboxId, entries)) {
    index += 1;
    const rest = entries.slice(index);
    expect(await foldLog(inboxId, rest, { from })).toEqual(whole);
  }
  expect(index).toBe(entries.length);
});

test("an empty log is no inbox", async () => {
  await expect(foldLog(new Story(alix).inboxId, [])).rejects.toMatchObject({
    code: "not-created",
  });
});

test("an abort ends the fold", async () => {
  const { inboxId, entries } = await inbox();
  const reason = new TypeError("enough");
  const signal = AbortSignal.abort(reason);
  await expect(foldLog(inboxId, entries, { signal })).rejects.toBe(reason);
});

test("the verifier of contracts is asked what was signed", async () => {
  const shared = contract("shared", 10n);
  const { inboxId, entries } = await new Story(shared).create(shared, phone);
  const asked: unknown[] = [];
  const smartContracts: typeof chains = {
    isValid: (question) => {
      asked.push(question);
      return chains.isValid(question);
    },
  };
  await foldLog(inboxId, entries, { smartContracts });
  const { identifier } = shared.identifier();
  // One signature is in both actions, and is verified once.
  expect(asked).toMatchObject([
    {
      accountId: `eip155:10:${identifier}`,
      chainId: 10n,
      address: identifier,
      blockNumber: 7n,
    },
  ]);
});

test("a verifier that can't say fails the fold for now, no verifier fails it for good", async () => {
  const shared = contract("shared");
  const { inboxId, entries } = await new Story(shared).create(shared, phone);
  await expect(foldLog(inboxId, entries)).rejects.toMatchObject({
    code: "no-smart-contract-verifier",
    retryable: false,
  });
  const cause = new TypeError("no connection");
  const smartContracts = { isValid: () => Promise.reject(cause) };
  await expect(
    foldLog(inboxId, entries, { smartContracts }),
  ).rejects.toMatchObject({ code: "verifier-failed", retryable: true, cause });
});
