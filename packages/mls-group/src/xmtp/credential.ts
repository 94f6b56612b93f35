import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type InboxId,
  inboxId,
  PrimitivesError,
} from "@history-sync/primitives";
import { MlsCredentialSchema } from "@history-sync/proto/identity";
import { type Extension, extensionTypes } from "../parameters.js";
import { encodeVector } from "../wire/index.js";

/** Returns the identity of the basic credential in every leaf of an inbox. */
export function credentialOf(inboxId: InboxId): Uint8Array {
  return toBinary(
    MlsCredentialSchema,
    create(MlsCredentialSchema, { inboxId }),
  );
}

/** Returns the inbox that a leaf's credential names, or undefined if it names none. */
export function inboxOf(credential: Uint8Array): InboxId | undefined {
  let named: string;
  try {
    named = fromBinary(MlsCredentialSchema, credential).inboxId;
  } catch {
    return undefined;
  }
  try {
    return inboxId(named);
  } catch (error) {
    if (error instanceof PrimitivesError) return undefined;
    throw error;
  }
}

/** Returns the extension of a key package's leaf that names the inbox, too. */
export function applicationId(inboxId: InboxId): Extension {
  const data = encodeVector(new TextEncoder().encode(inboxId));
  return { type: extensionTypes.applicationId, data };
}
