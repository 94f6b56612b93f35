import { create } from "@bufbuild/protobuf";
import {
  fromHex,
  idBytes,
  installationIdOf,
  PrimitivesError,
  toHex,
} from "@history-sync/primitives";
import {
  IdentifierKind,
  type MemberIdentifier as MemberIdentifierMessage,
  MemberIdentifierSchema,
} from "@history-sync/proto/identity";
import { IdentityError } from "../errors.js";
import {
  type Identifier,
  installation,
  type MemberIdentifier,
} from "../identifier.js";
import { unset } from "./present.js";

const installationKeyBytes = 32;

/** An address is compared as it is: one in mixed case has no owner, because signers are recovered in lower case. */
export function decodeIdentifier(
  kind: IdentifierKind,
  text: string,
  relyingParty: string | undefined,
  at: string,
): Identifier {
  switch (kind) {
    case IdentifierKind.UNSPECIFIED:
    case IdentifierKind.ETHEREUM:
      return { kind: "ethereum", identifier: text };
    case IdentifierKind.PASSKEY:
      return passkeyOf(keyOf(text, at), relyingParty);
    default:
      throw new IdentityError(
        "unknown-kind",
        `${at} has an identifier of the unknown kind ${kind}`,
      );
  }
}

export function decodeMember(
  message: MemberIdentifierMessage,
  at: string,
): MemberIdentifier {
  const { kind } = message;
  switch (kind.case) {
    case "ethereumAddress":
      return { kind: "ethereum", identifier: kind.value };
    case "installationPublicKey":
      if (kind.value.length !== installationKeyBytes) {
        throw new IdentityError(
          "malformed-update",
          `${at}: expected an installation's key of ${installationKeyBytes} bytes, got ${kind.value.length}`,
        );
      }
      return installation(installationIdOf(kind.value));
    case "passkey":
      return passkeyOf(kind.value.key, kind.value.relyingParty);
    default:
      return unset(message, "an identifier", at);
  }
}

export function encodeMember(
  member: MemberIdentifier,
): MemberIdentifierMessage {
  switch (member.kind) {
    case "ethereum":
      return create(MemberIdentifierSchema, {
        kind: { case: "ethereumAddress", value: member.identifier },
      });
    case "installation":
      return create(MemberIdentifierSchema, {
        kind: {
          case: "installationPublicKey",
          value: idBytes(member.identifier),
        },
      });
    case "passkey":
      return create(MemberIdentifierSchema, {
        kind: {
          case: "passkey",
          value: { key: fromHex(member.identifier), ...siteOf(member) },
        },
      });
  }
}

export function kindOf(identifier: Identifier): IdentifierKind {
  return identifier.kind === "passkey"
    ? IdentifierKind.PASSKEY
    : IdentifierKind.ETHEREUM;
}

/** The optional field, left out where there is nothing to say. */
export function siteOf(identifier: Identifier): { relyingParty?: string } {
  const { relyingParty } = identifier;
  return relyingParty === undefined ? {} : { relyingParty };
}

function passkeyOf(
  key: Uint8Array,
  relyingParty: string | undefined,
): Identifier {
  return {
    kind: "passkey",
    identifier: toHex(key),
    ...(relyingParty === undefined ? {} : { relyingParty }),
  };
}

function keyOf(text: string, at: string): Uint8Array {
  try {
    return fromHex(text);
  } catch (cause) {
    if (!(cause instanceof PrimitivesError)) throw cause;
    throw new IdentityError(
      "malformed-update",
      `${at}: a passkey's key isn't hex`,
      { cause },
    );
  }
}
