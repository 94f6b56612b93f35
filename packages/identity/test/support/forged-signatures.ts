import { concatBytes, fromHex } from "@history-sync/primitives";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { DraftAction, Signature } from "../../src/index.js";
import { identifierOf, signatureBy } from "../../src/signer.js";
import type { Forgeries } from "./forged-logs.js";
import {
  app,
  contract,
  key,
  legacySignature,
  otherS,
  seed,
  wallet,
} from "./people.js";
import { adding, forge, revoking, Story } from "./story.js";

const alix = wallet("alix");
const bo = wallet("bo");
const phone = app("phone");
const laptop = app("laptop");

function creation(nonce: bigint): DraftAction {
  const owner = alix.identifier();
  return { kind: "create-inbox", owner, nonce, by: owner };
}

/** An inbox of alix' with a phone. */
async function inbox(nonce = 1n): Promise<Story> {
  return await new Story(alix, nonce).create(alix, phone, nonce);
}

/** Signatures of the wrong signer, or over the wrong text. */
export const forgedSignatures: Forgeries = {
  "wallet-of-another": async () => {
    const story = new Story(alix);
    const draft = story.draft(creation(1n), adding(alix, phone));
    return {
      says: "another wallet creates the inbox of alix",
      refusedWith: "missing-member",
      story: story.push(await forge(draft, [alix, bo], [phone, phone])),
    };
  },
  "wallet-over-another-text": async () => {
    const story = await inbox();
    const elsewhere = await signatureBy(alix, "another text");
    const draft = story.draft(adding(alix, laptop));
    return {
      says: "the wallet signed another text: somebody unknown is recovered",
      refusedWith: "missing-member",
      story: story.push(
        await forge(draft, [alix, elsewhere], [laptop, laptop]),
      ),
    };
  },
  "wallet-with-high-s": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    const bytes = await alix.signMessage(draft.text);
    const { r, s } = secp256k1.Signature.fromBytes(bytes.subarray(0, 64));
    const high = new secp256k1.Signature(r, secp256k1.Point.Fn.ORDER - s);
    const v = bytes[64] === 27 ? 28 : 27;
    const signature: Signature = {
      kind: "erc-191",
      bytes: concatBytes(high.toBytes("compact"), Uint8Array.of(v)),
    };
    return {
      says: "the wallet's signature has the other s, with the v that belongs to it",
      refusedWith: "invalid-signature",
      story: story.push(
        await forge(draft, [alix, signature], [laptop, laptop]),
      ),
    };
  },
  "wallet-with-other-v": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    const bytes = await alix.signMessage(draft.text);
    bytes[64] = 29;
    return {
      says: "v is 29",
      refusedWith: "invalid-signature",
      story: story.push(
        await forge(
          draft,
          [alix, { kind: "erc-191", bytes }],
          [laptop, laptop],
        ),
      ),
    };
  },
  "installation-of-another": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    return {
      says: "another installation signs for the new one",
      refusedWith: "new-member-mismatch",
      story: story.push(
        await forge(draft, [alix, alix], [laptop, app("other")]),
      ),
    };
  },
  "installation-over-another-text": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    const elsewhere = await signatureBy(laptop, "another text");
    return {
      says: "the new installation signed another text",
      refusedWith: "invalid-signature",
      story: story.push(await forge(draft, [alix, alix], [laptop, elsewhere])),
    };
  },
  "installation-in-another-context": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    const context = new TextEncoder().encode("PUBLIC SIGNATURE CONTEXT");
    const text = new TextEncoder().encode(draft.text);
    const signature: Signature = {
      kind: "installation-key",
      bytes: ed25519ph.sign(text, seed("installation laptop"), { context }),
      publicKey: fromHex(laptop.installationId),
    };
    return {
      says: "the new installation signed for an app, not for the log",
      refusedWith: "invalid-signature",
      story: story.push(await forge(draft, [alix, alix], [laptop, signature])),
    };
  },
  "passkey-over-another-text": async () => {
    const story = await inbox();
    const mine = key("alix");
    const draft = story.draft(adding(alix, mine));
    const elsewhere = await signatureBy(mine, "another text");
    return {
      says: "the challenge of the passkey's assertion is another text",
      refusedWith: "invalid-signature",
      story: story.push(await forge(draft, [alix, alix], [mine, elsewhere])),
    };
  },
  "passkey-of-another": async () => {
    const story = await inbox();
    const mine = key("alix");
    const draft = story.draft(adding(alix, mine));
    return {
      says: "another passkey signs for the new one",
      refusedWith: "new-member-mismatch",
      story: story.push(await forge(draft, [alix, alix], [mine, key("bo")])),
    };
  },
  "contract-that-denies": async () => {
    const story = await inbox();
    const shared = contract("shared");
    const draft = story.draft(adding(alix, shared));
    const elsewhere = await signatureBy(shared, "another text");
    return {
      says: "the contract doesn't stand by its signature",
      refusedWith: "invalid-signature",
      story: story.push(await forge(draft, [alix, alix], [shared, elsewhere])),
    };
  },
  "contract-on-another-chain": async () => {
    const story = await inbox();
    await story.add(alix, contract("shared", 1n));
    const moved = contract("shared", 10n);
    return {
      says: "a contract that was added on chain 1 adds an installation on chain 10",
      refusedWith: "wrong-chain",
      story: await story.add(moved, laptop),
    };
  },
  "contract-revokes-from-another-chain": async () => {
    const owner = contract("shared", 1n);
    const story = await new Story(owner).create(owner, phone);
    return {
      says: "a contract that owns the inbox on chain 1 revokes an installation on chain 10",
      refusedWith: "wrong-chain",
      story: await story.revoke(contract("shared", 10n), phone),
    };
  },
  "contract-without-account": async () => {
    const story = await inbox();
    const shared = contract("shared");
    const draft = story.draft(adding(alix, shared));
    const signature = await signatureBy(shared, draft.text);
    const accountId = `bip122:1:${identifierOf(shared).identifier}`;
    return {
      says: "the contract's account is in another namespace",
      refusedWith: "invalid-account",
      story: story.push(
        await forge(
          draft,
          [alix, alix],
          [shared, { ...signature, accountId } as Signature],
        ),
      ),
    };
  },
  "wallet-for-a-contract": async () => {
    const story = await inbox();
    const draft = story.draft(adding(contract("shared"), laptop));
    await story.add(alix, contract("shared"));
    return {
      says: "a wallet's key signs for a contract",
      refusedWith: "missing-member",
      story: story.push(
        await forge(draft, [contract("shared"), bo], [laptop, laptop]),
      ),
    };
  },
  "legacy-key-with-nonce-1": async () => {
    const story = new Story(alix);
    const draft = story.draft(creation(1n));
    const legacy = await legacySignature("alix", draft.text);
    return {
      says: "a legacy key creates an inbox with nonce 1",
      refusedWith: "legacy-signature-reuse",
      story: story.push(await forge(draft, [alix, legacy])),
    };
  },
  "legacy-key-adds-in-another-inbox": async () => {
    const story = await inbox();
    const draft = story.draft(adding(alix, laptop));
    const legacy = await legacySignature("alix", draft.text);
    return {
      says: "a legacy key adds an installation to an inbox with nonce 1",
      refusedWith: "legacy-signature-reuse",
      story: story.push(await forge(draft, [alix, legacy], [laptop, laptop])),
    };
  },
  "legacy-key-twice": async () => {
    const story = new Story(alix, 0n);
    const first = story.draft(creation(0n), adding(alix, phone));
    const byFirst = await legacySignature("alix", first.text);
    story.push(await forge(first, [alix, byFirst], [phone, phone]));
    const second = story.draft(adding(alix, laptop));
    const bySecond = await legacySignature("alix", second.text);
    return {
      says: "a legacy key speaks for its wallet in a second update",
      refusedWith: "replayed-signature",
      story: story.push(
        await forge(second, [alix, bySecond], [laptop, laptop]),
      ),
    };
  },
  "legacy-key-of-another": async () => {
    const story = new Story(alix, 0n);
    const draft = story.draft(creation(0n), adding(alix, phone));
    const legacy = await legacySignature("bo", draft.text);
    return {
      says: "the wallet that signed the legacy key is another's",
      refusedWith: "missing-member",
      story: story.push(await forge(draft, [alix, legacy], [phone, phone])),
    };
  },
  "legacy-key-of-a-revoked-owner": async () => {
    const story = await inbox(0n);
    await story.revoke(alix, alix);
    const draft = story.draft(adding(alix, laptop));
    const legacy = await legacySignature("alix", draft.text);
    return {
      says: "a legacy key speaks for a wallet that is the recovery identifier and no member any more",
      refusedWith: "legacy-signature-reuse",
      story: story.push(await forge(draft, [alix, legacy], [laptop, laptop])),
    };
  },
  "legacy-key-stolen": async () => {
    const story = await inbox(0n);
    const draft = story.draft(adding(alix, laptop));
    const legacy = await legacySignature("alix", draft.text);
    const bytes = await bo.signMessage(draft.text);
    return {
      says: "another signs, and shows the public legacy key that the wallet signed",
      refusedWith: "invalid-signature",
      story: story.push(
        await forge(draft, [alix, { ...legacy, bytes }], [laptop, laptop]),
      ),
    };
  },
  "legacy-key-revokes": async () => {
    const story = await inbox(0n);
    const by = alix.identifier();
    const draft = story.draft({
      kind: "revoke",
      member: identifierOf(phone),
      by,
    });
    const legacy = await legacySignature("alix", draft.text);
    return {
      says: "a legacy key revokes an installation",
      refusedWith: "signature-not-allowed",
      story: story.push(await forge(draft, [alix, legacy])),
    };
  },
  "replayed-update": async () => {
    const story = await inbox();
    await story.add(alix, laptop);
    const added = story.entries.at(-1)?.update ?? new Uint8Array();
    await story.revoke(alix, laptop);
    return {
      says: "the update that added an installation comes again after its revocation",
      refusedWith: "replayed-signature",
      story: story.push(added),
    };
  },
  "replayed-with-the-other-v": async () => {
    const story = await inbox();
    const draft = story.draft(revoking(alix, phone));
    const rsv = await alix.signMessage(draft.text);
    story.push(await forge(draft, [alix, { kind: "erc-191", bytes: rsv }]));
    await story.add(alix, phone);
    const v = (rsv[64] ?? 0) - 27;
    const bytes = concatBytes(rsv.subarray(0, 64), Uint8Array.of(v));
    return {
      says: "the wallet's signature comes again, with v as 0 or 1 in place of 27 or 28",
      refusedWith: "replayed-signature",
      story: story.push(await forge(draft, [alix, { kind: "erc-191", bytes }])),
    };
  },
  "replayed-passkey-with-the-other-s": async () => {
    const mine = key("alix");
    const story = await new Story(mine).create(mine, phone);
    const draft = story.draft(revoking(mine, phone));
    const signature = await signatureBy(mine, draft.text);
    story.push(await forge(draft, [mine, signature]));
    await story.add(mine, phone);
    const other = { ...signature, bytes: otherS(signature.bytes) };
    return {
      says: "the passkey's signature comes again with the other s, which verifies as well",
      refusedWith: "replayed-signature",
      story: story.push(await forge(draft, [mine, other])),
    };
  },
};
