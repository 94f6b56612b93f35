import {
  type GroupId,
  type InstallationId,
  idBytes,
  installationIdOf,
} from "@history-sync/primitives";
import { openCiphersuite, signaturePublicKey } from "#ciphersuite";
import { MlsGroupError } from "../errors.js";
import {
  creatorExtensionTypes,
  type Extension,
  extensionTypes,
  keyPackageExtensionTypes,
} from "../parameters.js";
import type { AuthenticationService } from "../ports/authentication-service.js";
import type {
  EngineState,
  KeyPackageRecord,
} from "../ports/group-state-store.js";
import {
  checkedCommit,
  proposedCommit,
  readdedBy,
} from "./checks/commit-rules.js";
import { MemberCheck } from "./checks/member-check.js";
import { welcomeSigner } from "./checks/welcome-signer.js";
import { keyPackageOf, messageOf, privateMessageOf } from "./codec.js";
import { intendedProposals } from "./commit-intent.js";
import type {
  Commit,
  CommitIntent,
  Engine,
  GroupView,
  Joined,
  NewKeyPackage,
  NewLeaf,
  Processed,
  ReadKeyPackage,
} from "./engine.js";
import { toEngineExtension } from "./extensions.js";
import { guarded } from "./guarded.js";
import { newKeyPackage, readKeyPackage } from "./key-package.js";
import { memberOf, ownLeaf } from "./leaves.js";
import { type Past, StateCodec, wipe } from "./state.js";
import {
  addHistoricalReceiverData,
  type CiphersuiteImpl,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  emptyPskIndex,
  encodeKeyPackage,
  encodeMlsMessage,
  joinGroup,
  type PrivateMessage,
  processPrivateMessage,
} from "./ts-mls.js";
import { type Unsealed, unseal } from "./unseal.js";
import { groupView, joinedGroup } from "./views.js";

/** Opens `ts-mls` with XMTP's parameters. */
export async function openTsMlsEngine(
  authentication: AuthenticationService,
  suite?: CiphersuiteImpl,
): Promise<Engine> {
  return new TsMlsEngine(suite ?? (await openCiphersuite()), authentication);
}

class TsMlsEngine implements Engine {
  readonly #suite: CiphersuiteImpl;
  readonly #authentication: AuthenticationService;
  readonly #states = new StateCodec();

  constructor(suite: CiphersuiteImpl, authentication: AuthenticationService) {
    this.#suite = suite;
    this.#authentication = authentication;
  }

  installationId(signatureKey: Uint8Array): InstallationId {
    return installationIdOf(signaturePublicKey(signatureKey));
  }

  createKeyPackage(
    leaf: NewLeaf,
    leafExtensions: readonly Extension[],
    extensions: readonly Extension[] = [],
  ): Promise<NewKeyPackage> {
    return guarded("engine-failed", async () => {
      const contents = {
        capableOf: keyPackageExtensionTypes,
        extensions: [
          { type: extensionTypes.lastResort, data: new Uint8Array() },
          ...extensions,
        ],
        leafExtensions,
      };
      const made = await newKeyPackage(leaf, contents, this.#suite);
      const { publicPackage, privatePackage } = made;
      return {
        initKey: publicPackage.initKey,
        bytes: encodeKeyPackage(publicPackage),
        initPrivateKey: privatePackage.initPrivateKey,
        encryptionPrivateKey: privatePackage.hpkePrivateKey,
      };
    });
  }

  readKeyPackage(bytes: Uint8Array): Promise<ReadKeyPackage> {
    return guarded("invalid-key-package", () =>
      readKeyPackage(bytes, this.#suite),
    );
  }

  createGroup(
    groupId: GroupId,
    leaf: NewLeaf,
    extensions: readonly Extension[],
  ): Promise<EngineState> {
    return guarded("engine-failed", async () => {
      const contents = { capableOf: creatorExtensionTypes };
      const made = await newKeyPackage(leaf, contents, this.#suite);
      const state = await createGroup(
        idBytes(groupId),
        made.publicPackage,
        made.privatePackage,
        extensions.map(toEngineExtension),
        this.#suite,
        new MemberCheck(this.#authentication).config,
      );
      return this.#states.encode(state);
    });
  }

  joinGroup(
    welcome: Uint8Array,
    keyPackage: KeyPackageRecord,
    signatureKey: Uint8Array,
  ): Promise<Joined> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("invalid-welcome", async () => {
      const message = messageOf(welcome);
      if (
        message?.wireformat !== "mls_welcome" ||
        message.welcome.cipherSuite !== this.#suite.name
      ) {
        throw new MlsGroupError(
          "invalid-welcome",
          `expected a Welcome of suite 3, got ${welcome.length} bytes that are none`,
        );
      }
      const state = await joinGroup(
        message.welcome,
        keyPackageOf(keyPackage.bytes),
        {
          initPrivateKey: keyPackage.initPrivateKey,
          hpkePrivateKey: keyPackage.encryptionPrivateKey,
          signaturePrivateKey: signatureKey,
        },
        emptyPskIndex,
        this.#suite,
        undefined,
        undefined,
        check.config,
      );
      await check.reviewJoin(joinedGroup(state));
      const addedBy = await welcomeSigner(
        message.welcome,
        keyPackage,
        state,
        this.#suite,
      );
      return { state: this.#states.encode(state), addedBy };
    });
  }

  view(stored: EngineState): Promise<GroupView> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("engine-failed", () =>
      this.#states.with(stored, check, async (state) => groupView(state)),
    );
  }

  createCommit(stored: EngineState, intent: CommitIntent): Promise<Commit> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("engine-failed", () =>
      this.#states.with(stored, check, async (state, past) => {
        const proposals = intendedProposals(intent, state);
        const self = ownLeaf(state);
        await check.reviewCommit(proposedCommit(proposals, self, state, true));
        const { newState, commit, welcome, consumed } = await createCommit(
          { state, cipherSuite: this.#suite },
          { extraProposals: proposals, ratchetTreeExtension: true },
        );
        const nextState = this.#states.encode(newState, past);
        wipe(consumed);
        return {
          message: encodeMlsMessage(commit),
          nextState,
          welcome:
            welcome &&
            encodeMlsMessage({
              version: "mls10",
              wireformat: "mls_welcome",
              welcome,
            }),
        };
      }),
    );
  }

  confirmCommit(stored: EngineState, next: EngineState): Promise<EngineState> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("engine-failed", () =>
      this.#states.with(stored, check, (state, past) =>
        this.#states.with(next, check, async (nextState) => {
          const [historicalReceiverData] = addHistoricalReceiverData(state);
          return this.#states.encode(
            { ...nextState, historicalReceiverData },
            past,
          );
        }),
      ),
    );
  }

  protect(
    stored: EngineState,
    plaintext: Uint8Array,
  ): Promise<{ readonly state: EngineState; readonly message: Uint8Array }> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("engine-failed", () =>
      this.#states.with(stored, check, async (before, past) => {
        const { newState, privateMessage, consumed } =
          await createApplicationMessage(before, plaintext, this.#suite);
        const state = this.#states.encode(newState, past);
        wipe(consumed);
        return {
          state,
          message: encodeMlsMessage({
            version: "mls10",
            wireformat: "mls_private_message",
            privateMessage,
          }),
        };
      }),
    );
  }

  process(stored: EngineState, message: Uint8Array): Promise<Processed> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("undecryptable", () =>
      this.#states.with(
        stored,
        check,
        async (state, past): Promise<Processed> => {
          const sealed = privateMessageOf(message, state);
          const { epoch, contentType } = sealed;
          const isLate = epoch < state.groupContext.epoch;
          if (isLate && contentType === "commit")
            return { kind: "late-commit" };
          const unsealed = await unseal(sealed, state, past, this.#suite);
          const moved = this.#states.encode(unsealed.state, past);
          const { content, sender, consumed } = unsealed;
          if (content.contentType !== "application") {
            return this.#applied(
              sealed,
              { ...unsealed, before: state, past, moved },
              check,
            );
          }
          wipe(consumed);
          return {
            kind: "application",
            state: moved,
            plaintext: content.applicationData.slice(),
            sender: memberOf(sender),
            epoch,
          };
        },
      ),
    );
  }

  /** Applies an unsealed commit if it is allowed to count. */
  async #applied(
    sealed: PrivateMessage,
    commit: Unsealed & {
      readonly before: ClientState;
      readonly past: Past;
      /** The state that stays if the commit is refused. */
      readonly moved: EngineState;
    },
    check: MemberCheck,
  ): Promise<Processed> {
    const { before, past, moved } = commit;
    try {
      return await check.guarded("refused-commit", async () => {
        const proposed = checkedCommit(commit, before);
        const { newState, consumed } = await processPrivateMessage(
          before,
          sealed,
          emptyPskIndex,
          this.#suite,
        );
        await check.reviewCommit(proposed);
        const next = this.#states.encode(newState, past);
        wipe(consumed);
        return { kind: "commit", state: next, readded: readdedBy(proposed) };
      });
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.retryable) throw error;
      return { kind: "refused-commit", state: moved, code: error.code };
    }
  }
}
