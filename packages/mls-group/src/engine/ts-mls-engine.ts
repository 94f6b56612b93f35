import {
  type GroupId,
  groupIdOf,
  type InstallationId,
  idBytes,
  installationIdOf,
} from "@history-sync/primitives";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { AuthenticationService } from "../authentication-service.js";
import { MlsGroupError } from "../errors.js";
import type { EngineState, KeyPackageRecord } from "../group-state-store.js";
import {
  creatorExtensionTypes,
  type Extension,
  extensionTypes,
  groupContextExtensionsProposal,
  keyPackageExtensionTypes,
  pastEpochs,
} from "../parameters.js";
import {
  decodeState,
  encodeState,
  keyPackageOf,
  messageOf,
  privateMessageOf,
} from "./codec.js";
import type {
  Commit,
  CommitIntent,
  Engine,
  GroupView,
  NewKeyPackage,
  NewLeaf,
  Processed,
  ReadKeyPackage,
} from "./engine.js";
import { fromEngineExtension, toEngineExtension } from "./extensions.js";
import { guarded } from "./guarded.js";
import { leafAt, leaves, memberOf, sameMember } from "./leaves.js";
import { MemberCheck } from "./member-check.js";
import { acceptCommit, proposalsOf } from "./proposals.js";
import {
  type CiphersuiteImpl,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  decryptSenderData,
  emptyPskIndex,
  encodeKeyPackage,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  type LeafNode,
  type PrivateMessage,
  processPrivateMessage,
  verifyKeyPackage,
  verifyLeafNodeSignatureKeyPackage,
} from "./ts-mls.js";

const suiteName = "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519";

/** `ts-mls` with XMTP's parameters. */
export async function openTsMlsEngine(
  authentication: AuthenticationService,
): Promise<Engine> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
  return new TsMlsEngine(suite, authentication);
}

class TsMlsEngine implements Engine {
  readonly #suite: CiphersuiteImpl;
  readonly #authentication: AuthenticationService;

  constructor(suite: CiphersuiteImpl, authentication: AuthenticationService) {
    this.#suite = suite;
    this.#authentication = authentication;
  }

  installationId(signatureKey: Uint8Array): InstallationId {
    return installationIdOf(ed25519.getPublicKey(signatureKey));
  }

  createKeyPackage(
    leaf: NewLeaf,
    leafExtensions: readonly Extension[],
  ): Promise<NewKeyPackage> {
    return guarded("engine-failed", async () => {
      const { publicPackage, privatePackage } = await this.#keyPackage(
        leaf,
        keyPackageExtensionTypes,
        leafExtensions,
        [{ type: extensionTypes.lastResort, data: new Uint8Array() }],
      );
      return {
        initKey: publicPackage.initKey,
        bytes: encodeKeyPackage(publicPackage),
        initPrivateKey: privatePackage.initPrivateKey,
        encryptionPrivateKey: privatePackage.hpkePrivateKey,
      };
    });
  }

  readKeyPackage(bytes: Uint8Array): Promise<ReadKeyPackage> {
    return guarded("invalid-key-package", async () => {
      const keyPackage = keyPackageOf(bytes);
      const { leafNode, initKey, cipherSuite } = keyPackage;
      const { signature } = this.#suite;
      const signed =
        (await verifyKeyPackage(keyPackage, signature)) &&
        (await verifyLeafNodeSignatureKeyPackage(leafNode, signature));
      const usable = signed && cipherSuite === suiteName;
      if (!usable || leafNode.leafNodeSource !== "key_package") {
        throw new MlsGroupError(
          "invalid-key-package",
          `expected a signed key package of suite 3, got ${bytes.length} bytes that are none`,
        );
      }
      return { ...memberOf(leafNode), ...leafNode.lifetime, bytes, initKey };
    });
  }

  createGroup(
    groupId: GroupId,
    leaf: NewLeaf,
    extensions: readonly Extension[],
  ): Promise<EngineState> {
    return guarded("engine-failed", async () => {
      const { publicPackage, privatePackage } = await this.#keyPackage(
        leaf,
        creatorExtensionTypes,
      );
      const state = await createGroup(
        idBytes(groupId),
        publicPackage,
        privatePackage,
        extensions.map(toEngineExtension),
        this.#suite,
        new MemberCheck(this.#authentication).config,
      );
      return encodeState(state);
    });
  }

  joinGroup(
    welcome: Uint8Array,
    keyPackage: KeyPackageRecord,
    signatureKey: Uint8Array,
  ): Promise<EngineState> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("invalid-welcome", async () => {
      const message = messageOf(welcome);
      if (
        message?.wireformat !== "mls_welcome" ||
        message.welcome.cipherSuite !== suiteName
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
      return encodeState(state);
    });
  }

  view(stored: EngineState): Promise<GroupView> {
    return guarded("engine-failed", async () => {
      const state = decodeState(stored, new MemberCheck(this.#authentication));
      const { groupId, epoch, extensions } = state.groupContext;
      return {
        id: groupIdOf(groupId),
        epoch,
        extensions: extensions.map(fromEngineExtension),
        members: leaves(state).map(({ leaf }) => memberOf(leaf)),
        active: state.groupActiveState.kind === "active",
      };
    });
  }

  createCommit(stored: EngineState, intent: CommitIntent): Promise<Commit> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("engine-failed", async () => {
      const state = decodeState(stored, check);
      const { newState, commit, welcome } = await createCommit(
        { state, cipherSuite: this.#suite },
        {
          extraProposals: proposalsOf(intent, state),
          ratchetTreeExtension: true,
        },
      );
      return {
        message: encodeMlsMessage(commit),
        nextState: encodeState(newState),
        welcome:
          welcome &&
          encodeMlsMessage({
            version: "mls10",
            wireformat: "mls_welcome",
            welcome,
          }),
      };
    });
  }

  protect(
    stored: EngineState,
    plaintext: Uint8Array,
  ): Promise<{ readonly state: EngineState; readonly message: Uint8Array }> {
    return guarded("engine-failed", async () => {
      const state = decodeState(stored, new MemberCheck(this.#authentication));
      const { newState, privateMessage } = await createApplicationMessage(
        state,
        plaintext,
        this.#suite,
      );
      return {
        state: encodeState(newState),
        message: encodeMlsMessage({
          version: "mls10",
          wireformat: "mls_private_message",
          privateMessage,
        }),
      };
    });
  }

  process(stored: EngineState, message: Uint8Array): Promise<Processed> {
    const check = new MemberCheck(this.#authentication);
    return check.guarded("undecryptable", async () => {
      const state = decodeState(stored, check);
      const sealed = privateMessageOf(message, state);
      const { epoch, contentType } = sealed;
      const isLate = epoch < state.groupContext.epoch;
      if (isLate && contentType === "commit") return { kind: "late-commit" };
      const sender = await this.#sender(sealed, state);
      const result = await processPrivateMessage(
        state,
        sealed,
        emptyPskIndex,
        this.#suite,
        acceptCommit,
      );
      if (result.kind === "applicationMessage") {
        return {
          kind: "application",
          state: encodeState(result.newState),
          plaintext: result.message.slice(),
          sender: installationIdOf(sender.leaf.signaturePublicKey),
          epoch,
        };
      }
      const after = leafAt(result.newState, sender.nodeIndex);
      if (result.actionTaken === "reject" || !sameMember(sender.leaf, after)) {
        throw new MlsGroupError(
          "refused-commit",
          "expected Adds, Removes and GroupContextExtensions of a committer who stays who it is, got something else",
        );
      }
      return { kind: "commit", state: encodeState(result.newState) };
    });
  }

  #keyPackage(
    leaf: NewLeaf,
    capableOf: readonly number[],
    leafExtensions: readonly Extension[] = [],
    extensions: readonly Extension[] = [],
  ): ReturnType<typeof generateKeyPackageWithKey> {
    const { signatureKey, credential, notBefore, notAfter } = leaf;
    return generateKeyPackageWithKey(
      { credentialType: "basic", identity: credential },
      {
        versions: ["mls10"],
        ciphersuites: [suiteName],
        extensions: [...capableOf],
        proposals: [groupContextExtensionsProposal],
        credentials: ["basic"],
      },
      { notBefore, notAfter },
      extensions.map(toEngineExtension),
      { signKey: signatureKey, publicKey: ed25519.getPublicKey(signatureKey) },
      this.#suite,
      leafExtensions.map(toEngineExtension),
    );
  }

  /** The leaf that the message says it is from; its signature is checked when the message is opened. */
  async #sender(
    sealed: PrivateMessage,
    state: ClientState,
  ): Promise<{ readonly leaf: LeafNode; readonly nodeIndex: number }> {
    const epoch =
      sealed.epoch === state.groupContext.epoch
        ? {
            senderDataSecret: state.keySchedule.senderDataSecret,
            ratchetTree: state.ratchetTree,
          }
        : state.historicalReceiverData.get(sealed.epoch);
    if (epoch === undefined) {
      throw new MlsGroupError(
        "epoch-too-old",
        `expected a message of one of the last ${pastEpochs} epochs before ${state.groupContext.epoch}, got one of ${sealed.epoch}`,
      );
    }
    const data = await decryptSenderData(
      sealed,
      epoch.senderDataSecret,
      this.#suite,
    );
    const nodeIndex = 2 * (data?.leafIndex ?? Number.NaN);
    const leaf = leafAt(epoch, nodeIndex);
    if (leaf === undefined) {
      throw new MlsGroupError(
        "undecryptable",
        "expected a sender who is a member, got none",
      );
    }
    return { leaf, nodeIndex };
  }
}
