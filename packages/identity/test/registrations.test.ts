import { toHex } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import {
  completeUpdate,
  decodeUpdate,
  draftUpdate,
  encodeUpdate,
  foldLog,
  inboxIdOf,
  installationsOf,
  memberOf,
  signatureText,
  verifyUpdate,
} from "../src/index.js";
import { registrations } from "./support/registrations.js";

describe.each(registrations)(
  "the registration of $owner.identifier",
  (real) => {
    test("has the inbox id of its owner and nonce", () => {
      expect(inboxIdOf(real.owner, real.nonce)).toBe(real.inboxId);
    });

    test("was signed over this text", () => {
      const text = signatureText(real.update);
      expect(text).toBe(real.text);
      expect(toHex(sha256(new TextEncoder().encode(text)))).toBe(
        real.textSha256,
      );
    });

    test("was signed by the wallet and by the installation", async () => {
      const { actions } = await verifyUpdate(real.update);
      const signer = real.owner;
      expect(actions).toMatchObject([
        { signature: { kind: "erc-191", signer } },
        {
          existingSignature: { kind: "erc-191", signer },
          newSignature: { kind: "installation-key" },
        },
      ]);
    });

    test("makes an inbox with one installation", async () => {
      const update = encodeUpdate(real.update);
      const entry = { sequenceId: 5n, serverTimestampNs: 1n, update };
      const { sequenceId, state } = await foldLog(real.inboxId, [entry]);
      expect(sequenceId).toBe(5n);
      expect(state.inboxId).toBe(real.inboxId);
      expect(state.recovery).toEqual(real.owner);
      expect(memberOf(state, real.owner)).toEqual({ identifier: real.owner });
      expect(installationsOf(state)).toHaveLength(1);
      const [, added] = state.members.values();
      expect(added?.addedBy).toEqual(real.owner);
      expect(added?.addedAtNs).toBe(real.update.clientTimestampNs);
    });

    test("comes out of the builders too", () => {
      const { clientTimestampNs, inboxId, actions } = real.update;
      const draft = draftUpdate({
        inboxId,
        clientTimestampNs,
        actions: real.actions,
      });
      expect(draft.text).toBe(real.text);
      const [, added] = actions;
      if (added?.kind !== "add") throw new TypeError("expected an addition");
      const signatures = draft.signers.map((signer) => ({
        signer,
        signature:
          signer.kind === "installation"
            ? added.newSignature
            : added.existingSignature,
      }));
      const bytes = completeUpdate(draft, signatures);
      expect(bytes).toEqual(encodeUpdate(real.update));
      expect(decodeUpdate(bytes)).toEqual(real.update);
    });
  },
);

test("the inbox id of an owner with nonce 0", () => {
  const owner = {
    kind: "ethereum",
    identifier: "0x1234567890abcdef1234567890abcdef12345678",
  } as const;
  expect(inboxIdOf(owner, 0n)).toBe(
    "fcd18d86276d7a99fe522dba9660c420f03c8648785ada7c5daae232a3df77a9",
  );
});
