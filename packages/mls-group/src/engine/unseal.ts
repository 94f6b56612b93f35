import { MlsGroupError } from "../errors.js";
import { pastEpochs } from "../parameters.js";
import { leafAt } from "./leaves.js";
import { epochOf, type Past } from "./state.js";
import {
  type CiphersuiteImpl,
  type ClientState,
  type EpochReceiverData,
  type FramedContent,
  type LeafNode,
  type PrivateMessage,
  unprotectPrivateMessage,
} from "./ts-mls.js";

export interface Unsealed {
  readonly sender: LeafNode;
  readonly content: FramedContent;
  /** The state without the key that opened the message. It is in the same epoch: a commit isn't applied yet. */
  readonly state: ClientState;
  readonly consumed: readonly Uint8Array[];
}

/** Decrypts a message and checks its signature (RFC 9420 section 6.3). Doesn't apply a commit. */
export async function unseal(
  message: PrivateMessage,
  state: ClientState,
  past: Past,
  suite: CiphersuiteImpl,
): Promise<Unsealed> {
  const isPresent = message.epoch === state.groupContext.epoch;
  const epoch = isPresent ? presentEpoch(state) : epochOf(past, message.epoch);
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
    state: isPresent
      ? { ...state, secretTree }
      : {
          ...state,
          historicalReceiverData: new Map([
            [message.epoch, { ...epoch, secretTree }],
          ]),
        },
    consumed,
  };
}

function presentEpoch(state: ClientState): EpochReceiverData {
  const { secretTree, ratchetTree, groupContext, keySchedule } = state;
  const { senderDataSecret, resumptionPsk } = keySchedule;
  return {
    secretTree,
    ratchetTree,
    groupContext,
    senderDataSecret,
    resumptionPsk,
  };
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
