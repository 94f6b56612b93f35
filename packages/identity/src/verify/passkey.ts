import { concatBytes, toHex } from "@history-sync/primitives";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { IdentityError } from "../errors.js";
import type { Identifier } from "../identifier.js";
import type { PasskeySignature } from "../signature.js";

/**
 * Checks a WebAuthn assertion with the text as challenge (WebAuthn section 7.2, steps 11, 19 and 20).
 * The site, the flags and the counter aren't looked at: who holds the key is all that counts here.
 */
export function verifyPasskey(
  text: string,
  signature: PasskeySignature,
): { readonly signer: Identifier; readonly replayKey: string } {
  const { challenge, origin } = clientData(signature.clientDataJson);
  if (challenge !== base64Url(new TextEncoder().encode(text))) {
    throw invalid("the challenge of the passkey's assertion isn't the text");
  }
  const signed = concatBytes(
    signature.authenticatorData,
    sha256(signature.clientDataJson),
  );
  return {
    signer: {
      kind: "passkey",
      identifier: toHex(signature.publicKey),
      relyingParty: origin,
    },
    replayKey: verifiedReplayKey(signature, signed),
  };
}

/** Verifies, and gives r and s with s in the lower half: both halves verify, and count as one signature. */
function verifiedReplayKey(
  { bytes, publicKey }: PasskeySignature,
  signed: Uint8Array,
): string {
  try {
    const options = { format: "der", lowS: false } as const;
    if (!p256.verify(bytes, signed, publicKey, options)) {
      throw invalid("the passkey's signature doesn't verify");
    }
    const { r, s } = p256.Signature.fromBytes(bytes, "der");
    const order = p256.Point.Fn.ORDER;
    const low = new p256.Signature(r, s > order / 2n ? order - s : s);
    return toHex(low.toBytes("compact"));
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause;
    throw invalid("the passkey's key or signature is malformed", cause);
  }
}

function clientData(json: Uint8Array): {
  readonly challenge: string;
  readonly origin: string;
} {
  let data: unknown;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    data = JSON.parse(decoder.decode(json));
  } catch (cause) {
    throw invalid(`${json.length} bytes of client data are no JSON`, cause);
  }
  if (typeof data === "object" && data !== null) {
    const { challenge, origin } = data as Readonly<Record<string, unknown>>;
    if (typeof challenge === "string" && typeof origin === "string") {
      return { challenge, origin };
    }
  }
  throw invalid("the client data lack a challenge or an origin");
}

function base64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return btoa(binary.join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function invalid(message: string, cause?: unknown): IdentityError {
  return new IdentityError("invalid-signature", message, { cause });
}
