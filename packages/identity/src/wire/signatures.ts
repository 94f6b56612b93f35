import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type Signature as SignatureMessage,
  SignatureSchema,
  SignedPublicKeySchema,
} from "@history-sync/proto/identity";
import type { Signature } from "../signature.js";
import { present, unset } from "./present.js";

export function decodeSignature(
  maybe: SignatureMessage | undefined,
  at: string,
): Signature {
  const message = present(maybe, "a signature", at);
  const { signature } = message;
  switch (signature.case) {
    case "erc191":
      return { kind: "erc-191", bytes: signature.value.bytes };
    case "erc6492":
      return {
        kind: "erc-6492",
        accountId: signature.value.accountId,
        blockNumber: signature.value.blockNumber,
        bytes: signature.value.signature,
      };
    case "installationKey":
      return {
        kind: "installation-key",
        bytes: signature.value.bytes,
        publicKey: signature.value.publicKey,
      };
    case "passkey":
      return {
        kind: "passkey",
        publicKey: signature.value.publicKey,
        bytes: signature.value.signature,
        authenticatorData: signature.value.authenticatorData,
        clientDataJson: signature.value.clientDataJson,
      };
    case "delegatedErc191": {
      const { delegatedKey, signature: byKey } = signature.value;
      return {
        kind: "delegated-erc-191",
        bytes: present(byKey, "a legacy key's signature", at).bytes,
        delegatedKey: toBinary(
          SignedPublicKeySchema,
          present(delegatedKey, "a legacy key", at),
        ),
      };
    }
    default:
      return unset(message, "a signature", at);
  }
}

export function encodeSignature(signature: Signature): SignatureMessage {
  switch (signature.kind) {
    case "erc-191":
      return create(SignatureSchema, {
        signature: { case: "erc191", value: { bytes: signature.bytes } },
      });
    case "erc-6492":
      return create(SignatureSchema, {
        signature: {
          case: "erc6492",
          value: {
            accountId: signature.accountId,
            blockNumber: signature.blockNumber,
            signature: signature.bytes,
          },
        },
      });
    case "installation-key":
      return create(SignatureSchema, {
        signature: {
          case: "installationKey",
          value: { bytes: signature.bytes, publicKey: signature.publicKey },
        },
      });
    case "passkey":
      return create(SignatureSchema, {
        signature: {
          case: "passkey",
          value: {
            publicKey: signature.publicKey,
            signature: signature.bytes,
            authenticatorData: signature.authenticatorData,
            clientDataJson: signature.clientDataJson,
          },
        },
      });
    case "delegated-erc-191":
      return create(SignatureSchema, {
        signature: {
          case: "delegatedErc191",
          value: {
            delegatedKey: fromBinary(
              SignedPublicKeySchema,
              signature.delegatedKey,
            ),
            signature: { bytes: signature.bytes },
          },
        },
      });
  }
}
