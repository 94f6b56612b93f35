import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type EncodedContent,
  EncodedContentSchema,
} from "@history-sync/proto/message-contents";

/** The type of a content. XMTP's own types have the authority `xmtp.org`. */
export interface ContentType {
  readonly authorityId: string;
  readonly typeId: string;
  readonly versionMajor: number;
  readonly versionMinor: number;
}

const xmtpAuthority = "xmtp.org";
const textType = "text";
const unknownType: ContentType = {
  authorityId: "",
  typeId: "unknown",
  versionMajor: 0,
  versionMinor: 0,
};

/** Encodes a text as XMTP's content type `text` 1.0: a serialised EncodedContent. */
export function encodeText(text: string): Uint8Array {
  const content = create(EncodedContentSchema, {
    type: { authorityId: xmtpAuthority, typeId: textType, versionMajor: 1 },
    parameters: { encoding: "UTF-8" },
    content: new TextEncoder().encode(text),
  });
  return toBinary(EncodedContentSchema, content);
}

/** Reads a content's type, its text and its fallback. Bytes that can't be decoded, which any member may send, are of type `unknown`. */
export function describeContent(bytes: Uint8Array): {
  readonly type: ContentType;
  readonly text?: string;
  readonly fallback?: string;
} {
  const encoded = decode(bytes);
  if (!encoded?.type) return { type: unknownType };
  const { authorityId, typeId, versionMajor, versionMinor } = encoded.type;
  const type = { authorityId, typeId, versionMajor, versionMinor };
  const isText =
    authorityId === xmtpAuthority &&
    typeId === textType &&
    encoded.compression === undefined;
  return {
    type,
    ...(isText ? { text: new TextDecoder().decode(encoded.content) } : {}),
    ...(encoded.fallback === undefined ? {} : { fallback: encoded.fallback }),
  };
}

/** The types without push notifications, as in libxmtp's codecs. */
const quietTypes: ReadonlySet<string> = new Set([
  "reaction",
  "readReceipt",
  "group_updated",
  "group_membership_change",
  "leave_request",
  "deleteMessage",
  "editMessage",
]);

/** True if push servers notify of a content by default. Types of other authorities notify. */
export function pushesByDefault(content: Uint8Array): boolean {
  const { authorityId, typeId } = describeContent(content).type;
  return authorityId !== xmtpAuthority || !quietTypes.has(typeId);
}

/** Returns the name of a type in archives: the type id for XMTP's, `unknown` for all others. */
export function savedTypeName({ authorityId, typeId }: ContentType): string {
  return authorityId === xmtpAuthority ? typeId : unknownType.typeId;
}

function decode(bytes: Uint8Array): EncodedContent | undefined {
  try {
    return fromBinary(EncodedContentSchema, bytes);
  } catch {
    return undefined;
  }
}
