import { concatBytes, toHex } from "@history-sync/primitives";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, test } from "vitest";
import {
  addIdentifier,
  addInstallation,
  admitUpdate,
  changeRecovery,
  createInbox,
  defaultIdentityLimits,
  ethereum,
  foldLog,
  IdentityError,
  type IdentityErrorCode,
  inboxIdOf,
  installationsOf,
  maxLogEntries,
  passkey,
  revokeInstallations,
  revokeMembers,
  type Signer,
  signUpdate,
  verifySignature,
} from "../src/index.js";
import {
  installationKeySigner,
  privateKeySigner,
} from "../src/private-key/index.js";
import { type ViemAccount, viemSigner } from "../src/viem/index.js";
import { app, chains, contract, key, wallet } from "./support/people.js";
import { adding, Story } from "./support/story.js";

const alix = wallet("alix");
const bo = wallet("bo");
const phone = app("phone");
const laptop = app("laptop");

async function inbox(): Promise<Story> {
  return await new Story(alix).create(alix, phone);
}

function refusal(run: () => unknown): IdentityErrorCode | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
  return undefined;
}

describe("the builders", () => {
  test("write what the fold understands", async () => {
    const story = await inbox();
    const by = alix.identifier();
    const add = addInstallation(await story.state(), laptop.installationId, {
      by,
      ...story.now(),
    });
    await story.sign(add, alix, laptop);
    const link = addIdentifier(await story.state(), bo.identifier(), {
      by,
      ...story.now(),
    });
    await story.sign(link, bo, alix);
    const linked = await story.state();
    expect(installationsOf(linked)).toEqual([
      phone.installationId,
      laptop.installationId,
    ]);
    const hand = changeRecovery(linked, bo.identifier(), story.now());
    await story.sign(hand, alix);
    const handed = await story.state();
    expect(handed.recovery).toEqual(bo.identifier());
    const ids = [phone.installationId, laptop.installationId];
    const revoke = revokeInstallations(handed, ids, story.now());
    expect(revoke.signers).toEqual([bo.identifier()]);
    await story.sign(revoke, bo);
    expect(installationsOf(await story.state())).toEqual([]);
  });

  test("refuse what can't become an update", async () => {
    const story = await inbox();
    const state = await story.state();
    const by = { by: alix.identifier(), clientTimestampNs: 1n };
    const stranger = laptop.installationId;
    expect(
      refusal(() => addInstallation(state, phone.installationId, by)),
    ).toBe("already-a-member");
    expect(refusal(() => addIdentifier(state, alix.identifier(), by))).toBe(
      "already-a-member",
    );
    expect(refusal(() => revokeInstallations(state, [stranger], by))).toBe(
      "not-a-member",
    );
    expect(refusal(() => revokeMembers(state, [bo.identifier()], by))).toBe(
      "not-a-member",
    );
    const mixed = { kind: "ethereum", identifier: "0xAB" } as const;
    expect(refusal(() => changeRecovery(state, mixed, by))).toBe(
      "invalid-identifier",
    );
    for (const clientTimestampNs of [-1n, 2n ** 63n]) {
      const late = { ...by, clientTimestampNs };
      expect(refusal(() => addInstallation(state, stranger, late))).toBe(
        "invalid-identifier",
      );
    }
    for (const nonce of [-1n, 2n ** 64n]) {
      const owner = alix.identifier();
      const options = { nonce, clientTimestampNs: 1n };
      expect(refusal(() => createInbox(owner, stranger, options))).toBe(
        "invalid-identifier",
      );
    }
  });

  test("stop at ten installations, which the fold doesn't", async () => {
    const story = await inbox();
    const more = Array.from({ length: 9 }, (_, i) => app(`${i}`));
    const adds = more.map((added) => adding(alix, added));
    await story.sign(story.draft(...adds), alix, ...more);
    const full = await story.state();
    const by = { by: alix.identifier(), ...story.now() };
    expect(installationsOf(full)).toHaveLength(10);
    expect(
      refusal(() => addInstallation(full, laptop.installationId, by)),
    ).toBe("too-many-installations");
    await story.add(alix, laptop);
    expect(installationsOf(await story.state())).toHaveLength(11);
  });
});

describe("signing", () => {
  test("asks each signer once", async () => {
    const asked: string[] = [];
    const counted: Signer = {
      ...alix,
      signMessage: (text) => {
        asked.push(text);
        return alix.signMessage(text);
      },
    };
    const story = new Story(alix);
    const draft = createInbox(alix.identifier(), phone.installationId, {
      clientTimestampNs: 1n,
    });
    await story.sign(draft, phone, counted);
    expect(asked).toEqual([draft.text]);
    expect(draft.inboxId).toBe(inboxIdOf(alix.identifier(), 1n));
    expect(installationsOf(await story.state())).toHaveLength(1);
  });

  test("asks nobody when somebody is missing", async () => {
    const unasked: Signer = {
      ...alix,
      signMessage: () => Promise.reject(new TypeError("was asked")),
    };
    const draft = (await inbox()).draft(adding(alix, laptop));
    await expect(signUpdate(draft, [unasked])).rejects.toMatchObject({
      code: "missing-signature",
    });
  });

  test("finds a wallet that used another account", async () => {
    const switched: Signer = { ...alix, signMessage: bo.signMessage };
    const draft = (await inbox()).draft(adding(alix, laptop));
    await expect(signUpdate(draft, [switched, laptop])).rejects.toMatchObject({
      code: "wrong-signer",
    });
    const garbled: Signer = {
      ...alix,
      signMessage: async () => new Uint8Array(65),
    };
    await expect(signUpdate(draft, [garbled, laptop])).rejects.toMatchObject({
      code: "invalid-signature",
    });
  });

  test("turns a wallet's high s into the low one", async () => {
    const high: Signer = {
      ...alix,
      signMessage: async (text) => {
        const rsv = await alix.signMessage(text);
        const { r, s } = secp256k1.Signature.fromBytes(rsv.subarray(0, 64));
        const other = secp256k1.Point.Fn.ORDER - s;
        const flipped = new secp256k1.Signature(r, other).toBytes("compact");
        return concatBytes(flipped, Uint8Array.of(rsv[64] === 27 ? 1 : 0));
      },
    };
    const draft = (await inbox()).draft(adding(alix, laptop));
    expect(await signUpdate(draft, [high, laptop])).toEqual(
      await signUpdate(draft, [alix, laptop]),
    );
  });

  test("stops when it is told to", async () => {
    const draft = (await inbox()).draft(adding(alix, laptop));
    const reason = new TypeError("enough");
    const signal = AbortSignal.abort(reason);
    await expect(signUpdate(draft, [alix, laptop], { signal })).rejects.toBe(
      reason,
    );
  });

  test("takes a passkey and a contract", async () => {
    const story = await inbox();
    await story.add(alix, key("alix"));
    await story.add(alix, contract("shared"));
    const options = { smartContracts: chains };
    const { state } = await foldLog(story.inboxId, story.entries, options);
    expect(state.members.size).toBe(4);
  });
});

describe("a viem account", () => {
  const account: ViemAccount = {
    address: `0x${alix.identifier().identifier.slice(2).toUpperCase()}`,
    signMessage: async ({ message }) =>
      `0x${toHex(await alix.signMessage(message))}`,
  };

  test("signs like the key behind it", async () => {
    const signer = viemSigner(account);
    expect(signer.identifier()).toEqual(alix.identifier());
    expect(signer.contract).toBeUndefined();
    expect(await signer.signMessage("text")).toEqual(
      await alix.signMessage("text"),
    );
  });

  test("may be a contract", async () => {
    const chain = { chainId: 10n, blockNumber: async () => 3n };
    expect(viemSigner(account, chain).contract).toBe(chain);
  });
});

describe("raw keys", () => {
  // The key 1: its address is well known.
  const one = new Uint8Array(32);
  one[31] = 1;

  test("have their addresses, and sign as wallets do", async () => {
    const signer = privateKeySigner(one);
    expect(signer.identifier()).toEqual(
      ethereum("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"),
    );
    const bytes = await signer.signMessage("text");
    const signature = { kind: "erc-191", bytes } as const;
    const { signer: found } = await verifySignature("text", signature);
    expect(found).toEqual(signer.identifier());
  });

  test("are recovered from every form of v", async () => {
    const rsv = await alix.signMessage("text");
    const v = rsv[64] ?? 0;
    // EIP-155: 35 and the parity, and twice the chain's id.
    for (const form of [v, v - 27, v + 10, v + 200]) {
      const bytes = Uint8Array.of(...rsv.subarray(0, 64), form);
      const found = await verifySignature("text", { kind: "erc-191", bytes });
      expect(found.signer).toEqual(alix.identifier());
      expect(found.replayKey).toMatch(/0[01]$/);
    }
  });

  test("are copied, so that the caller may wipe them", async () => {
    const secret = one.slice();
    const signer = privateKeySigner(secret);
    const before = await signer.signMessage("text");
    secret.fill(0);
    expect(await signer.signMessage("text")).toEqual(before);
  });

  test("of another length are refused", () => {
    const keys = [new Uint8Array(32), new Uint8Array(31), new Uint8Array()];
    for (const bad of keys) {
      expect(refusal(() => privateKeySigner(bad))).toBe("invalid-identifier");
    }
    expect(refusal(() => installationKeySigner(new Uint8Array(64)))).toBe(
      "invalid-identifier",
    );
  });

  test("identifiers have one form", () => {
    expect(passkey(`02${"AB".repeat(32)}`, "https://a.example")).toEqual({
      kind: "passkey",
      identifier: `02${"ab".repeat(32)}`,
      relyingParty: "https://a.example",
    });
    for (const bad of ["", "0x", `0x${"g".repeat(40)}`, "12".repeat(21)]) {
      expect(refusal(() => ethereum(bad))).toBe("invalid-identifier");
      expect(refusal(() => passkey(bad))).toBe("invalid-identifier");
    }
  });
});

describe("a node", () => {
  test("learns who came and who went", async () => {
    const story = await inbox();
    const before = await story.state();
    await story.add(alix, bo);
    const update = story.entries.at(-1)?.update ?? new Uint8Array();
    const asked: string[] = [];
    const { state, members } = await admitUpdate(update, (inboxId) => {
      asked.push(inboxId);
      return { state: before, entries: 1 };
    });
    expect(asked).toEqual([story.inboxId]);
    expect(members).toEqual({ added: [bo.identifier()], removed: [] });
    expect(state).toEqual(await story.state());
  });

  test("takes no more than a log holds", async () => {
    const story = await inbox();
    const before = await story.state();
    await story.add(alix, bo);
    const update = story.entries.at(-1)?.update ?? new Uint8Array();
    const admit = (entries: number) =>
      admitUpdate(update, () => ({ state: before, entries }));
    await admit(maxLogEntries - 1);
    await expect(admit(maxLogEntries)).rejects.toMatchObject({
      code: "log-full",
    });
  });

  test("refuses what is too large before it parses or verifies", async () => {
    const ask = () => Promise.reject(new TypeError("was asked"));
    const large = new Uint8Array(defaultIdentityLimits.maxUpdateBytes + 1);
    await expect(admitUpdate(large, ask)).rejects.toMatchObject({
      code: "too-large",
    });
    const story = await inbox();
    const update = story.entries[0]?.update ?? new Uint8Array();
    const limits = { maxActions: 1 };
    await expect(admitUpdate(update, ask, { limits })).rejects.toMatchObject({
      code: "too-large",
    });
  });
});
