import { fromHex, toHex } from "./bytes.js";
import { PrimitivesError } from "./errors.js";

declare const brand: unique symbol;
/** A text of a checked form, which the type keeps apart from other texts. */
export type BrandedId<Name extends string> = string & {
  readonly [brand]: Name;
};

/** A user's inbox: 64 lower-case hex digits. */
export type InboxId = BrandedId<"InboxId">;
/** One installation of an app for an inbox: its Ed25519 public key as 64 lower-case hex digits. */
export type InstallationId = BrandedId<"InstallationId">;
/** An MLS group id in lower-case hex. XMTP uses 16 bytes; RFC 9420 allows any length. */
export type GroupId = BrandedId<"GroupId">;
/** A message: a SHA-256 as 64 lower-case hex digits. */
export type MessageId = BrandedId<"MessageId">;

const maxGroupIdBytes = 255;

/**
 * Returns the text as an inbox id, after checking its form.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function inboxId(text: string): InboxId {
  return hexId("inbox id", text, 32, 32) as InboxId;
}

/**
 * Returns the text as an installation id, after checking its form.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function installationId(text: string): InstallationId {
  return hexId("installation id", text, 32, 32) as InstallationId;
}

/**
 * Returns the text as a group id, after checking its form.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function groupId(text: string): GroupId {
  return hexId("group id", text, 1, maxGroupIdBytes) as GroupId;
}

/**
 * Returns the text as a message id, after checking its form.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function messageId(text: string): MessageId {
  return hexId("message id", text, 32, 32) as MessageId;
}

/**
 * Returns the installation id in these bytes.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function installationIdOf(bytes: Uint8Array): InstallationId {
  return installationId(toHex(bytes));
}

/**
 * Returns the group id in these bytes.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function groupIdOf(bytes: Uint8Array): GroupId {
  return groupId(toHex(bytes));
}

/**
 * Returns the message id in these bytes.
 *
 * @throws {PrimitivesError} `invalid-id`
 */
export function messageIdOf(bytes: Uint8Array): MessageId {
  return messageId(toHex(bytes));
}

/** Returns the bytes of an id in hex. */
export function idBytes(
  id: InstallationId | GroupId | MessageId,
): Uint8Array<ArrayBuffer> {
  return fromHex(id);
}

function hexId(
  what: string,
  text: string,
  minBytes: number,
  maxBytes: number,
): string {
  const fits =
    text.length % 2 === 0 &&
    text.length >= minBytes * 2 &&
    text.length <= maxBytes * 2 &&
    /^[0-9a-f]*$/.test(text);
  if (!fits) {
    const length =
      minBytes === maxBytes ? `${minBytes}` : `${minBytes} to ${maxBytes}`;
    throw new PrimitivesError(
      "invalid-id",
      `${what}: expected ${length} bytes in lower-case hex, got ${text.length} characters`,
    );
  }
  return text;
}
