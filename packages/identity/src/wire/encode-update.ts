import { create, toBinary } from "@bufbuild/protobuf";
import {
  type IdentityAction,
  IdentityActionSchema,
  IdentityUpdateSchema,
} from "@history-sync/proto/identity";
import type { IdentityUpdate, SignedAction } from "../identity-update.js";
import type { Signature } from "../signature.js";
import { encodeMember, kindOf, siteOf } from "./identifiers.js";
import { encodeSignature } from "./signatures.js";

/** The bytes that a node takes for an update. */
export function encodeUpdate(
  update: IdentityUpdate<Signature>,
): Uint8Array<ArrayBuffer> {
  return toBinary(
    IdentityUpdateSchema,
    create(IdentityUpdateSchema, {
      inboxId: update.inboxId,
      clientTimestampNs: update.clientTimestampNs,
      actions: update.actions.map(encodeAction),
    }),
  );
}

function encodeAction(action: SignedAction<Signature>): IdentityAction {
  switch (action.kind) {
    case "create-inbox":
      return create(IdentityActionSchema, {
        kind: {
          case: "createInbox",
          value: {
            initialIdentifier: action.owner.identifier,
            initialIdentifierKind: kindOf(action.owner),
            nonce: action.nonce,
            initialIdentifierSignature: encodeSignature(action.signature),
            ...siteOf(action.owner),
          },
        },
      });
    case "add":
      return create(IdentityActionSchema, {
        kind: {
          case: "add",
          value: {
            newMemberIdentifier: encodeMember(action.member),
            existingMemberSignature: encodeSignature(action.existingSignature),
            newMemberSignature: encodeSignature(action.newSignature),
          },
        },
      });
    case "revoke":
      return create(IdentityActionSchema, {
        kind: {
          case: "revoke",
          value: {
            memberToRevoke: encodeMember(action.member),
            recoveryIdentifierSignature: encodeSignature(action.signature),
          },
        },
      });
    case "change-recovery":
      return create(IdentityActionSchema, {
        kind: {
          case: "changeRecoveryAddress",
          value: {
            newRecoveryIdentifier: action.recovery.identifier,
            newRecoveryIdentifierKind: kindOf(action.recovery),
            existingRecoveryIdentifierSignature: encodeSignature(
              action.signature,
            ),
            ...siteOf(action.recovery),
          },
        },
      });
  }
}
