import { fromBinary } from "@bufbuild/protobuf";
import {
  type InboxId,
  inboxId,
  PrimitivesError,
} from "@history-sync/primitives";
import {
  type IdentityAction,
  type IdentityUpdate as IdentityUpdateMessage,
  IdentityUpdateSchema,
} from "@history-sync/proto/identity";
import { IdentityError } from "../errors.js";
import type { IdentityUpdate, SignedAction } from "../identity-update.js";
import { defaultIdentityLimits, type IdentityLimits } from "../limits.js";
import type { Signature } from "../signature.js";
import { decodeIdentifier, decodeMember } from "./identifiers.js";
import { present, unset } from "./present.js";
import { decodeSignature } from "./signatures.js";
import { assertWellFormed } from "./well-formed.js";

const maxInt64 = 2n ** 63n - 1n;

/**
 * Decodes one entry of an inbox's log. Nothing in it is verified yet.
 *
 * @throws {IdentityError} `too-large` before it parses, `malformed-update`, `unknown-kind`
 */
export function decodeUpdate(
  bytes: Uint8Array,
  limits: Partial<IdentityLimits> = {},
): IdentityUpdate<Signature> {
  const { maxUpdateBytes, maxActions } = {
    ...defaultIdentityLimits,
    ...limits,
  };
  if (bytes.length > maxUpdateBytes) {
    throw new IdentityError(
      "too-large",
      `expected an update of at most ${maxUpdateBytes} bytes, got ${bytes.length}`,
    );
  }
  const message = parse(bytes);
  if (message.actions.length > maxActions) {
    throw new IdentityError(
      "too-large",
      `expected at most ${maxActions} actions, got ${message.actions.length}`,
    );
  }
  if (message.clientTimestampNs > maxInt64) {
    throw new IdentityError(
      "malformed-update",
      "the client's time is after the year 2262",
    );
  }
  return {
    inboxId: inboxOf(message.inboxId),
    clientTimestampNs: message.clientTimestampNs,
    actions: message.actions.map(decodeAction),
  };
}

function parse(bytes: Uint8Array): IdentityUpdateMessage {
  try {
    assertWellFormed(IdentityUpdateSchema, bytes);
    return fromBinary(IdentityUpdateSchema, bytes);
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause;
    throw new IdentityError(
      "malformed-update",
      `${bytes.length} bytes are no IdentityUpdate`,
      { cause },
    );
  }
}

function inboxOf(text: string): InboxId {
  try {
    return inboxId(text);
  } catch (cause) {
    if (!(cause instanceof PrimitivesError)) throw cause;
    throw new IdentityError(
      "malformed-update",
      "the update names no inbox id",
      { cause },
    );
  }
}

function decodeAction(
  message: IdentityAction,
  index: number,
): SignedAction<Signature> {
  const { kind } = message;
  const at = `action ${index}`;
  switch (kind.case) {
    case "createInbox": {
      const create = kind.value;
      return {
        kind: "create-inbox",
        owner: decodeIdentifier(
          create.initialIdentifierKind,
          create.initialIdentifier,
          create.relyingParty,
          at,
        ),
        nonce: create.nonce,
        signature: decodeSignature(create.initialIdentifierSignature, at),
      };
    }
    case "add":
      return {
        kind: "add",
        member: decodeMember(
          present(kind.value.newMemberIdentifier, "a new member", at),
          at,
        ),
        existingSignature: decodeSignature(
          kind.value.existingMemberSignature,
          at,
        ),
        newSignature: decodeSignature(kind.value.newMemberSignature, at),
      };
    case "revoke":
      return {
        kind: "revoke",
        member: decodeMember(
          present(kind.value.memberToRevoke, "a member to revoke", at),
          at,
        ),
        signature: decodeSignature(kind.value.recoveryIdentifierSignature, at),
      };
    case "changeRecoveryAddress": {
      const change = kind.value;
      return {
        kind: "change-recovery",
        recovery: decodeIdentifier(
          change.newRecoveryIdentifierKind,
          change.newRecoveryIdentifier,
          change.relyingParty,
          at,
        ),
        signature: decodeSignature(
          change.existingRecoveryIdentifierSignature,
          at,
        ),
      };
    }
    default:
      return unset(message, "an action", at);
  }
}
