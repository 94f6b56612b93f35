import { equalBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import type { EngineState } from "../group-state-store.js";
import { leaves } from "./leaves.js";
import type { MemberCheck } from "./member-check.js";
import {
  type ClientState,
  decodeGroupState,
  decodeKeyPackage,
  decodeMlsMessage,
  encodeGroupState,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
} from "./ts-mls.js";

// What wrote a state must be what reads it.
const engineName = "ts-mls-1.6";
const stateVersion = 1;

export function encodeState(state: ClientState): EngineState {
  return {
    engine: engineName,
    version: stateVersion,
    bytes: encodeGroupState(state),
  };
}

export function decodeState(
  stored: EngineState,
  check: MemberCheck,
): ClientState {
  if (stored.engine !== engineName || stored.version !== stateVersion) {
    throw new MlsGroupError(
      "unsupported-state",
      `expected a state of ${engineName} version ${stateVersion}, got ${stored.engine} version ${stored.version}`,
    );
  }
  const state = decodeGroupState(stored.bytes, 0)?.[0];
  if (state === undefined) {
    throw new MlsGroupError(
      "unsupported-state",
      `expected a group's state, got ${stored.bytes.length} bytes that are none`,
    );
  }
  const decoded = { ...state, clientConfig: check.config };
  check.trust(leaves(decoded).map(({ leaf }) => leaf));
  return decoded;
}

export function keyPackageOf(bytes: Uint8Array): KeyPackage {
  const decoded = decodeKeyPackage(bytes, 0);
  if (decoded === undefined || decoded[1] !== bytes.length) {
    throw new MlsGroupError(
      "invalid-key-package",
      `expected a key package, got ${bytes.length} bytes that are none`,
    );
  }
  return decoded[0];
}

/** An MLSMessage and nothing after it; the engine's decoder also throws plain errors. */
export function messageOf(bytes: Uint8Array): MLSMessage | undefined {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    return decoded?.[1] === bytes.length ? decoded[0] : undefined;
  } catch {
    return undefined;
  }
}

export function privateMessageOf(
  bytes: Uint8Array,
  state: ClientState,
): PrivateMessage {
  const { groupId, epoch } = state.groupContext;
  const message = messageOf(bytes);
  if (
    message?.wireformat !== "mls_private_message" ||
    message.privateMessage.contentType === "proposal" ||
    !equalBytes(message.privateMessage.groupId, groupId)
  ) {
    throw new MlsGroupError(
      "invalid-message",
      `expected a private commit or application message of this group, got ${bytes.length} bytes that are none`,
    );
  }
  if (message.privateMessage.epoch > epoch) {
    throw new MlsGroupError(
      "epoch-ahead",
      `expected a message of epoch ${epoch} or before, got one of ${message.privateMessage.epoch}`,
    );
  }
  return message.privateMessage;
}
