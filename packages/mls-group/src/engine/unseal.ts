import { MlsGroupError } from "../errors.js";
import { pastEpochs } from "../parameters.js";
import { leafAt } from "./leaves.js";
import {
  type CiphersuiteImpl,
  type ClientState,
  type FramedContent,
  type LeafNode,
  type PrivateMessage,
  unprotectPrivateMessage,
} from "./ts-mls.js";

export interface Unsealed {
  readonly sender: LeafNode;
  readonly content: FramedContent;
  /** The state without the key that opened the message: in the same epoch, and nothing of a commit applied. */
  readonly state: ClientState;
  readonly consumed: readonly Uint8Array[];
}

/** Decrypts a message and checks its signature (RFC 9420 section 6.3); a commit is not applied yet. */
export async function unseal(
  message: PrivateMessage,
  state: ClientState,
  suite: CiphersuiteImpl,
): Promise<Unsealed> {
  const isPresent = message.epoch === state.groupContext.epoch;
  const { senderDataSecret } = state.keySchedule;
  const epoch = isPresent
    ? { ...state, senderDataSecret }
    : state.historicalReceiverData.get(message.epoch);
  if (epoch === undefined) {
    throw new MlsGroupError(
      "epoch-too-old",
      `expected a message of one of the last ${pastEpochs} epochs before ${state.groupContext.epoch}, got one of ${message.epoch}`,
    );
  }
  const {
    content: authenticated,
    tree: secretTree,
    consumed,
  } = await unprotectPrivateMessage(
    epoch.senderDataSecret,
    message,
    epoch.secretTree,
    epoch.ratchetTree,
    epoch.groupContext,
    state.clientConfig.keyRetentionConfig,
    suite,
  );
  const { content } = authenticated;
  return {
    sender: senderOf(content, epoch),
    content,
    state: { ...state, ...withoutKey(message.epoch, secretTree, state) },
    consumed,
  };
}

function withoutKey(
  epoch: bigint,
  secretTree: ClientState["secretTree"],
  { groupContext, historicalReceiverData }: ClientState,
): Partial<ClientState> {
  const past = historicalReceiverData.get(epoch);
  if (epoch === groupContext.epoch || past === undefined) return { secretTree };
  const history = new Map(historicalReceiverData);
  history.set(epoch, { ...past, secretTree });
  return { historicalReceiverData: history };
}

function senderOf(
  { sender }: FramedContent,
  epoch: Pick<ClientState, "ratchetTree">,
): LeafNode {
  if (sender.senderType === "member") {
    const leaf = leafAt(epoch, sender.leafIndex);
    if (leaf !== undefined) return leaf;
  }
  throw new MlsGroupError(
    "undecryptable",
    "expected a sender who is a member, got none",
  );
}
