import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { WelcomeMetadataSchema } from "@history-sync/proto/mls-api";
import { MlsGroupError } from "./errors.js";

const maxCursor = 2n ** 63n - 1n;

export function encodeWelcomeMetadata(
  messageCursor: bigint,
): Uint8Array<ArrayBuffer> {
  const metadata = create(WelcomeMetadataSchema, { messageCursor });
  return toBinary(WelcomeMetadataSchema, metadata);
}

/** The place of the commit in the group's topic; 0 when it isn't told. */
export function decodeWelcomeMetadata(bytes: Uint8Array): bigint {
  const { messageCursor } = decoded(bytes);
  if (messageCursor <= maxCursor) return messageCursor;
  throw new MlsGroupError(
    "invalid-welcome",
    `expected a message cursor below 2^63, got ${messageCursor}`,
  );
}

function decoded(bytes: Uint8Array): { readonly messageCursor: bigint } {
  try {
    return fromBinary(WelcomeMetadataSchema, bytes);
  } catch (cause) {
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a Welcome's metadata, got ${bytes.length} other bytes`,
      { cause },
    );
  }
}
