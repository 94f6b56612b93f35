import { installationIdOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { openCiphersuite } from "#ciphersuite";
import { MemberCheck } from "../src/engine/checks/member-check.js";
import type { Processed } from "../src/engine/engine.js";
import { StateCodec } from "../src/engine/state.js";
import {
  type ClientState,
  createCommit,
  encodeMlsMessage,
  type Proposal,
} from "../src/engine/ts-mls.js";
import { openTsMlsEngine } from "../src/engine/ts-mls-engine.js";
import {
  type AuthenticationService,
  type EngineState,
  type JoinedGroup,
  MlsGroupError,
  type ProposedCommit,
} from "../src/index.js";
import { everybody, membership, text } from "./actors.js";
import {
  committed,
  founded,
  founderOf,
  joined,
  newcomer,
  stateOf,
} from "./engine-group.js";

/** Requires the extensions 0xff01 and 0xf000. */
const requiredCapabilities = {
  type: 3,
  data: Uint8Array.of(4, 0xff, 0x01, 0xf0, 0x00, 0, 0),
};
const immutableMetadata = { type: 0xf000, data: Uint8Array.of(1, 7) };
const settled = [requiredCapabilities, immutableMetadata];

async function pairOf(authentication: Partial<AuthenticationService> = {}) {
  const engine = await openTsMlsEngine(everybody);
  const bobsEngine = await openTsMlsEngine({ ...everybody, ...authentication });
  const bobs = await newcomer(engine);
  const alone = await founded(engine, settled);
  const state = stateOf(alone, founderOf(alone));
  const added = await committed(engine, state, { add: [bobs] });
  const bob = await joined(bobsEngine, bobs, added);
  return { engine, bobsEngine, bob, alice: added.nextState };
}

/** A commit that this project's own engine refuses to make. */
async function forged(
  state: EngineState,
  proposals: Proposal[],
  change: (state: ClientState) => ClientState = (same) => same,
): Promise<Uint8Array> {
  const cipherSuite = await openCiphersuite();
  return new StateCodec().with(
    state,
    new MemberCheck(everybody),
    async (opened) => {
      const { commit } = await createCommit(
        { state: change(opened), cipherSuite },
        { extraProposals: proposals },
      );
      return encodeMlsMessage(commit);
    },
  );
}

function extensionsProposal(
  ...extensions: readonly { readonly type: number; readonly data: Uint8Array }[]
): Proposal {
  return {
    proposalType: "group_context_extensions",
    groupContextExtensions: {
      extensions: extensions.map(({ type, data }) => ({
        extensionType: type === 3 ? "required_capabilities" : type,
        extensionData: data,
      })),
    },
  };
}

test("reviewCommit is given the changes and the committer", async () => {
  const judged: ProposedCommit[] = [];
  const { engine, bobsEngine, bob, alice } = await pairOf({
    reviewCommit: async (commit) => {
      judged.push(commit);
    },
  });
  const carol = await newcomer(engine);
  const before = await engine.view(alice);
  const [alix, bobsSelf] = before.members;
  const extensions = [...settled, membership(9)];
  const commit = await committed(engine, alice, { add: [carol], extensions });
  expect(await bobsEngine.process(bob, commit.message)).toMatchObject({
    kind: "commit",
  });
  const { id: groupId, members } = before;
  expect(judged).toEqual([
    {
      groupId,
      epoch: 1n,
      committer: alix,
      added: [
        {
          installationId: engine.installationId(carol.leaf.signatureKey),
          credential: text("alix"),
        },
      ],
      removed: [],
      members,
      extensions: before.extensions,
      nextExtensions: extensions,
      own: false,
    },
  ]);
  judged.length = 0;
  const remove = [
    before.members[0]?.installationId ?? installationIdOf(new Uint8Array(32)),
  ];
  await bobsEngine.createCommit(bob, { add: [], remove });
  expect(judged).toMatchObject([
    { committer: bobsSelf, removed: [alix], own: true },
  ]);
});

test("a refused commit leaves the epoch, and uses up the key that opened it", async () => {
  let isRefusing = true;
  const { engine, bobsEngine, bob, alice } = await pairOf({
    reviewCommit: async ({ own }) => {
      if (isRefusing && !own) throw new MlsGroupError("refused-commit", "no");
    },
  });
  const { message } = await committed(engine, alice);
  const processed = await bobsEngine.process(bob, message);
  const refused = refusedState(processed);
  expect((await bobsEngine.view(refused)).epoch).toBe(1n);
  expect(refused.bytes).not.toEqual(bob.bytes);
  isRefusing = false;
  await expect(bobsEngine.process(refused, message)).rejects.toMatchObject({
    code: "undecryptable",
  });
  const { message: hello } = await engine.protect(alice, text("still here"));
  expect(await bobsEngine.process(refused, hello)).toMatchObject({
    kind: "application",
    plaintext: text("still here"),
  });
  await bobsEngine.createCommit(refused, { add: [], remove: [] });
});

function refusedState(processed: Processed): EngineState {
  if (processed.kind === "refused-commit") {
    expect(processed.code).toBe("refused-commit");
    return processed.state;
  }
  throw new RangeError(`expected a refused commit, got ${processed.kind}`);
}

test("an own commit that is refused isn't created", async () => {
  const { bobsEngine, bob } = await pairOf({
    reviewCommit: async () => {
      throw new MlsGroupError("refused-commit", "not today");
    },
  });
  await expect(
    bobsEngine.createCommit(bob, { add: [], remove: [] }),
  ).rejects.toMatchObject({ code: "refused-commit", retryable: false });
});

test("a commit is kept for later when its review fails", async () => {
  const { engine, bobsEngine, bob, alice } = await pairOf({
    reviewCommit: async () => {
      throw new DOMException("unreachable", "NetworkError");
    },
  });
  const { message } = await committed(engine, alice);
  const later = { code: "authentication-failed", retryable: true };
  await expect(bobsEngine.process(bob, message)).rejects.toMatchObject(later);
  await expect(
    bobsEngine.createCommit(bob, { add: [], remove: [] }),
  ).rejects.toMatchObject(later);
});

test("a group is judged before it is joined", async () => {
  const judged: JoinedGroup[] = [];
  const { engine, alice, bob } = await pairOf({
    reviewJoin: async (group) => {
      judged.push(group);
    },
  });
  const { id: groupId, epoch, members, extensions } = await engine.view(alice);
  const self = members[1];
  expect(judged).toEqual([{ groupId, epoch, members, extensions, self }]);
  expect((await engine.view(bob)).epochAuthenticator).toEqual(
    (await engine.view(alice)).epochAuthenticator,
  );
  await expect(
    pairOf({
      reviewJoin: async () => {
        throw new MlsGroupError("invalid-welcome", "strangers");
      },
    }),
  ).rejects.toMatchObject({ code: "invalid-welcome", retryable: false });
  await expect(
    pairOf({
      reviewJoin: async () => {
        throw new DOMException("unreachable", "NetworkError");
      },
    }),
  ).rejects.toMatchObject({ code: "authentication-failed", retryable: true });
});

const psk: Proposal = {
  proposalType: "psk",
  psk: {
    preSharedKeyId: {
      psktype: "external",
      pskId: text("none"),
      pskNonce: new Uint8Array(32),
    },
  },
};
const reinit: Proposal = {
  proposalType: "reinit",
  reinit: {
    groupId: text("another"),
    version: "mls10",
    cipherSuite: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
    extensions: [],
  },
};

test.each([
  ["a ReInit", [reinit]],
  [
    "a proposal of an unknown type",
    [{ proposalType: 0xfab1, proposalData: text("?") }],
  ],
  ["other required capabilities", [extensionsProposal(immutableMetadata)]],
  ["other immutable metadata", [extensionsProposal(requiredCapabilities)]],
  [
    "an extension that isn't required",
    [extensionsProposal(...settled, { type: 0xff00, data: text("x") })],
  ],
  [
    "an extension twice",
    [extensionsProposal(...settled, membership(1), membership(2))],
  ],
] satisfies [string, Proposal[]][])(
  "%s is refused, whoever the judge is",
  async (_, proposals) => {
    const { engine, bob, alice } = await pairOf();
    const message = await forged(alice, proposals);
    const processed = await engine.process(bob, message);
    expect((await engine.view(refusedState(processed))).epoch).toBe(1n);
  },
);

test("a committer that changes its identity is refused", async () => {
  const { engine, bob, alice } = await pairOf();
  const message = await forged(alice, [], (state) => {
    const [own, ...others] = state.ratchetTree;
    if (own?.nodeType !== "leaf") throw new RangeError("expected a leaf");
    const credential = {
      credentialType: "basic",
      identity: text("eve"),
    } as const;
    const leaf = { ...own.leaf, credential };
    return { ...state, ratchetTree: [{ ...own, leaf }, ...others] };
  });
  refusedState(await engine.process(bob, message));
});

test("a PSK can't be committed", async () => {
  const { alice } = await pairOf();
  await expect(forged(alice, [psk])).rejects.toThrow();
});

test("an installation with a member's encryption key isn't added", async () => {
  const { engine, alice } = await pairOf();
  const carol = await newcomer(engine);
  const once = await committed(engine, alice, { add: [carol] });
  await expect(
    committed(engine, once.nextState, { add: [carol] }),
  ).rejects.toMatchObject({ code: "refused-commit" });
});
