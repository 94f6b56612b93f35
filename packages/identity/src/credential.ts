import { fromBinary } from "@bufbuild/protobuf";
import {
  type InboxId,
  inboxId,
  PrimitivesError,
} from "@history-sync/primitives";
import { MlsCredentialSchema } from "@history-sync/proto/identity";

/** The inbox that the identity of an MLS leaf's basic credential names, if it names one. */
export function inboxOfCredential(identity: Uint8Array): InboxId | undefined {
  let named: string;
  try {
    named = fromBinary(MlsCredentialSchema, identity).inboxId;
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
