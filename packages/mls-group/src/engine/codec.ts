import { equalBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import {
  type ClientState,
  decodeKeyPackage,
  decodeMlsMessage,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
} from "./ts-mls.js";

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

/** Decodes bytes that are one MLSMessage and nothing else. */
export function messageOf(bytes: Uint8Array): MLSMessage | undefined {
  const decoded = attempt(() => decodeMlsMessage(bytes, 0));
  return decoded?.[1] === bytes.length ? decoded[0] : undefined;
}

/** Runs a decoder of the engine, which may also throw plain errors. Returns undefined if it throws. */
export function attempt<Result>(decode: () => Result): Result | undefined {
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
