import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type EncodedContent,
  EncodedContentSchema,
} from "@history-sync/proto/message-contents";

/** Says how a content is read: XMTP's own are of the authority `xmtp.org`. */
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

/** A text as XMTP's content type `text` 1.0: a serialised EncodedContent. */
export function encodeText(text: string): Uint8Array {
  const content = create(EncodedContentSchema, {
    type: { authorityId: xmtpAuthority, typeId: textType, versionMajor: 1 },
    parameters: { encoding: "UTF-8" },
    content: new TextEncoder().encode(text),
  });
  return toBinary(EncodedContentSchema, content);
}

/** What a content says of itself, and its text if it is one. Anybody may send any bytes: those that say nothing are `unknown`. */
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

/** Of these XMTP's push servers needn't tell anybody, as libxmtp's codecs have it. */
const quietTypes: ReadonlySet<string> = new Set([
  "reaction",
  "readReceipt",
  "group_updated",
  "group_membership_change",
  "leave_request",
  "deleteMessage",
  "editMessage",
]);

/** Whether push servers shall tell of a content where its sender doesn't say; of one of another's type they shall. */
export function pushesByDefault(content: Uint8Array): boolean {
  const { authorityId, typeId } = describeContent(content).type;
  return authorityId !== xmtpAuthority || !quietTypes.has(typeId);
}

/** How archives name a type: XMTP's by their id alone, all others not at all. */
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
