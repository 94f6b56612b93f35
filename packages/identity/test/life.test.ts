import fc from "fast-check";
import { expect, test } from "vitest";
import {
  applyUpdate,
  type DraftAction,
  decodeUpdate,
  foldLog,
  IdentityError,
  type InboxState,
  memberKey,
  type Signer,
  signUpdate,
  type UpdateSigner,
  verifyUpdate,
} from "../src/index.js";
import { identifierOf } from "../src/signer.js";
import { app, wallet } from "./support/people.js";
import { adding, revoking, Story } from "./support/story.js";

const wallets: readonly Signer[] = ["a", "b", "c"].map(wallet);
const apps = ["d", "e", "f"].map(app);
const everybody: readonly UpdateSigner[] = [...wallets, ...apps];
const owner = wallet("a");

type Step = readonly [
  kind: "add" | "revoke" | "recover",
  by: number,
  whom: number,
];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom("add", "add", "add", "revoke", "revoke", "recover"),
    fc.nat(everybody.length - 1),
    fc.nat(everybody.length - 1),
  ),
  { minLength: 3, maxLength: 10 },
);

/** The rules of a log in the fewest words: its members, who added them, and who may revoke. */
class Model {
  readonly members: Map<string, string | undefined>;
  recovery: string;

  constructor() {
    const key = keyOf(owner);
    this.members = new Map([[key, undefined]]);
    this.recovery = key;
  }

  /** Returns true if the step is allowed; if so, it is done. */
  take([kind, by, whom]: Step): boolean {
    const [signer, target] = [keyAt(by), keyAt(whom)];
    const bothApps = [signer, target].every((key) => isApp(key));
    switch (kind) {
      case "add":
        if (!this.members.has(signer) && signer !== this.recovery) return false;
        if (signer === target || bothApps) return false;
        this.members.set(target, signer);
        return true;
      case "revoke":
        if (signer !== this.recovery) return false;
        this.members.delete(target);
        for (const [key, addedBy] of this.members) {
          if (isApp(key) && addedBy === target) this.members.delete(key);
        }
        return true;
      case "recover":
        if (signer !== this.recovery) return false;
        this.recovery = target;
        return true;
    }
  }
}

function keyOf(signer: UpdateSigner): string {
  return memberKey(identifierOf(signer));
}

function at(index: number): UpdateSigner {
  return everybody[index] ?? owner;
}

function keyAt(index: number): string {
  return keyOf(at(index));
}

function isApp(key: string): boolean {
  return key.startsWith("installation ");
}

/** A recovery identifier is a wallet. */
function onlyWallets([kind, by, whom]: Step): Step {
  return kind === "recover"
    ? [kind, by, whom % wallets.length]
    : [kind, by, whom];
}

function actionOf([kind, by, whom]: Step): DraftAction {
  if (kind === "add") return adding(at(by), at(whom));
  if (kind === "revoke") return revoking(at(by), at(whom));
  const recovery = (wallets[whom] ?? owner).identifier();
  return { kind: "change-recovery", recovery, by: identifierOf(at(by)) };
}

async function step(
  state: InboxState | undefined,
  update: Uint8Array,
): Promise<InboxState> {
  return applyUpdate(state, await verifyUpdate(decodeUpdate(update)));
}

async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
  return undefined;
}

test("any life of an inbox follows the rules, folds the same each time, and can't be replayed", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (life) => {
      const story = new Story(owner);
      const by = owner.identifier();
      const create: DraftAction = {
        kind: "create-inbox",
        owner: by,
        nonce: 1n,
        by,
      };
      await story.sign(story.draft(create), owner);
      const model = new Model();
      let state = await story.state();
      for (const next of life.map(onlyWallets)) {
        const draft = story.draft(actionOf(next));
        const update = await signUpdate(draft, everybody);
        const before = [...state.members.keys()];
        if (model.take(next)) {
          state = await step(state, update);
          story.push(update);
        } else {
          expect(await refusal(step(state, update))).toBeDefined();
          expect([...state.members.keys()]).toEqual(before);
        }
        const members = new Set(model.members.keys());
        expect(new Set(state.members.keys())).toEqual(members);
        expect(memberKey(state.recovery)).toBe(model.recovery);
        for (const id of state.revoked) {
          expect(members.has(`installation ${id}`)).toBe(false);
        }
      }
      const whole = await foldLog(story.inboxId, story.entries);
      expect(whole.state).toEqual(state);
      for (const { update } of story.entries) {
        expect(["replayed-signature", "already-created"]).toContain(
          await refusal(step(state, update)),
        );
      }
    }),
    { numRuns: 25 },
  );
});
