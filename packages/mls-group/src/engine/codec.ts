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

/**
 * Decodes a state for one piece of work. What is decoded is a view on a copy of the stored bytes, which is wiped when
 * the work is done: the result must hold nothing of it but what was encoded or copied anew.
 */
export async function withState<Result>(
  stored: EngineState,
  check: MemberCheck,
  work: (state: ClientState) => Promise<Result>,
): Promise<Result> {
  if (stored.engine !== engineName || stored.version !== stateVersion) {
    throw new MlsGroupError(
      "unsupported-state",
      `expected a state of ${engineName} version ${stateVersion}, got ${stored.engine} version ${stored.version}`,
    );
  }
  const copy = stored.bytes.slice();
  try {
    const state = { ...decodedState(copy), clientConfig: check.config };
    check.trust(leaves(state).map(({ leaf }) => leaf));
    return await work(state);
  } finally {
    wipe([copy]);
  }
}

export function wipe(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

function decodedState(bytes: Uint8Array): Omit<ClientState, "clientConfig"> {
  const decoded = attempt(() => decodeGroupState(bytes, 0));
  if (decoded) return decoded[0];
  throw new MlsGroupError(
    "unsupported-state",
    `expected a group's state, got ${bytes.length} bytes that are none`,
  );
}

export function keyPackageOf(bytes: Uint8Array): KeyPackage {
  const decoded = attempt(() => decodeKeyPackage(bytes, 0));
  if (decoded === undefined || decoded[1] !== bytes.length) {
    throw new MlsGroupError(
      "invalid-key-package",
      `expected a key package, got ${bytes.length} bytes that are none`,
    );
  }
  return decoded[0];
}

/** An MLSMessage and nothing after it. */
export function messageOf(bytes: Uint8Array): MLSMessage | undefined {
  const decoded = attempt(() => decodeMlsMessage(bytes, 0));
  return decoded?.[1] === bytes.length ? decoded[0] : undefined;
}

/** The engine's decoders also throw plain errors. */
function attempt<Result>(decode: () => Result): Result | undefined {
  try {
    return decode();
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
