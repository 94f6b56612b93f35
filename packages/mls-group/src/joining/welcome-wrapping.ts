import { concatBytes } from "@history-sync/primitives";
import { WelcomeWrapperAlgorithm } from "@history-sync/proto/mls-api";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import {
  CipherSuite,
  DhkemX25519HkdfSha256,
  HkdfSha256,
  type KemId,
  type KemInterface,
} from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { MlsGroupError } from "../errors.js";
import { encodeVector, WireReader } from "../wire/index.js";

/** A key that a Welcome can be encrypted to. */
export interface WelcomeKey {
  readonly algorithm: WrapperAlgorithm;
  readonly publicKey: Uint8Array;
}

export type WrapperAlgorithm =
  | typeof WelcomeWrapperAlgorithm.CURVE25519
  | typeof WelcomeWrapperAlgorithm.XWING_MLKEM_768_DRAFT_6;

/** A Welcome in the form that the delivery service carries. */
export interface WrappedWelcome {
  /** HPKECiphertext of RFC 9420 section 5.1.3: a KEM output and a ciphertext. */
  readonly data: Uint8Array;
  /** The next ciphertext of the same HPKE context; empty if there is none. */
  readonly metadata: Uint8Array;
}

/** The length of a public key of each algorithm. */
export const publicKeyBytes: Readonly<Record<WrapperAlgorithm, number>> = {
  [WelcomeWrapperAlgorithm.CURVE25519]: 32,
  [WelcomeWrapperAlgorithm.XWING_MLKEM_768_DRAFT_6]: 1_216,
};

// EncryptContext of RFC 9420 section 5.1.3: the label and an empty context.
const info = concatBytes(
  encodeVector(new TextEncoder().encode("MLS 1.0 MLS_WELCOME")),
  encodeVector(new Uint8Array()),
);

/** X-Wing under the number that XMTP's HPKE library has for it, which isn't the registered one. */
class XmtpXWing extends XWing {
  override id = 0x004d as KemId;
}

/**
 * Encrypts a Welcome and its metadata to a key of its receiver, with one HPKE context, in this order.
 *
 * @throws {MlsGroupError} `invalid-welcome`
 */
export function wrapWelcome(
  { algorithm, publicKey }: WelcomeKey,
  welcome: Uint8Array,
  metadata: Uint8Array,
): Promise<WrappedWelcome> {
  return guarded(async () => {
    const { suite, kem } = suiteOf(algorithm);
    const recipientPublicKey = await kem.deserializePublicKey(publicKey);
    const sender = await suite.createSenderContext({
      recipientPublicKey,
      info,
    });
    const data = concatBytes(
      encodeVector(new Uint8Array(sender.enc)),
      encodeVector(new Uint8Array(await sender.seal(welcome))),
    );
    return { data, metadata: new Uint8Array(await sender.seal(metadata)) };
  });
}

/**
 * Opens a wrapped Welcome. Returns the Welcome and its metadata.
 *
 * @throws {MlsGroupError} `invalid-welcome`
 */
export function unwrapWelcome(
  algorithm: WrapperAlgorithm,
  privateKey: Uint8Array,
  wrapped: WrappedWelcome,
): Promise<{ readonly welcome: Uint8Array; readonly metadata: Uint8Array }> {
  return guarded(async () => {
    const reader = new WireReader(wrapped.data);
    const [enc, ciphertext] = [reader.vector(), reader.vector()];
    reader.end();
    const { suite, kem } = suiteOf(algorithm);
    const recipientKey = await kem.deserializePrivateKey(privateKey);
    const receiver = await suite.createRecipientContext({
      recipientKey,
      enc,
      info,
    });
    const welcome = new Uint8Array(await receiver.open(ciphertext));
    const metadata =
      wrapped.metadata.length === 0
        ? new Uint8Array()
        : new Uint8Array(await receiver.open(wrapped.metadata));
    return { welcome, metadata };
  });
}

/** Returns the X-Wing public key of a private key, which is a seed of 32 random bytes. */
export async function xWingPublicKey(seed: Uint8Array): Promise<Uint8Array> {
  const kem = new XmtpXWing();
  const { publicKey } = await kem.generateKeyPairDerand(seed.slice());
  return new Uint8Array(await kem.serializePublicKey(publicKey));
}

function suiteOf(algorithm: WrapperAlgorithm): {
  readonly suite: CipherSuite;
  readonly kem: KemInterface;
} {
  const kem =
    algorithm === WelcomeWrapperAlgorithm.CURVE25519
      ? new DhkemX25519HkdfSha256()
      : new XmtpXWing();
  const suite = new CipherSuite({
    kem,
    kdf: new HkdfSha256(),
    aead: new Chacha20Poly1305(),
  });
  return { suite, kem };
}

/** Turns the library's errors, and those of broken bytes, into an MlsGroupError. */
async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "no error";
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a Welcome that its key opens: ${why}`,
      { cause },
    );
  }
}
