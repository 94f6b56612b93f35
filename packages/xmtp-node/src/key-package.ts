import { createPublicKey, verify } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { encodeVector, type WireReader } from "@history-sync/mls-group/wire";
import { concatBytes, inboxId } from "@history-sync/primitives";
import { MlsCredentialSchema } from "@history-sync/proto/identity";
import { decodeWire } from "./decode-wire.js";

// RFC 9420 sections 7.2, 10 and 17.1.
const mls10 = 1;
/** MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519: XMTP's. */
const cipherSuite = 3;
const basicCredential = 1;
const fromKeyPackage = 1;
const keyBytes = 32;

/** Reads and verifies a KeyPackage; gives the installation's key, or throws `invalid-key-package`. */
export function verifyKeyPackage(bytes: Uint8Array, nowMs: number): Uint8Array {
  return decodeWire(bytes, "invalid-key-package", (reader) =>
    verified(reader, nowMs),
  );
}

function verified(reader: WireReader, nowMs: number): Uint8Array {
  expect(reader, "version", reader.uint16(), mls10);
  expect(reader, "cipher suite", reader.uint16(), cipherSuite);
  expect(reader, "bytes of the init key", reader.vector().length, keyBytes);
  const leafStart = reader.offset;
  const signatureKey = readLeaf(reader, nowMs);
  const leafContent = reader.since(leafStart);
  verifyWithLabel(
    reader,
    "LeafNodeTBS",
    leafContent,
    reader.vector(),
    signatureKey,
  );
  reader.vector(); // extensions
  const content = reader.since(0);
  verifyWithLabel(
    reader,
    "KeyPackageTBS",
    content,
    reader.vector(),
    signatureKey,
  );
  reader.end();
  return signatureKey;
}

/** Everything of the leaf but its signature. */
function readLeaf(reader: WireReader, nowMs: number): Uint8Array {
  const encryptionKey = reader.vector();
  expect(reader, "bytes of the encryption key", encryptionKey.length, keyBytes);
  const signatureKey = reader.vector();
  expect(reader, "bytes of the signature key", signatureKey.length, keyBytes);
  expect(reader, "credential", reader.uint16(), basicCredential);
  checkCredential(reader, reader.vector());
  // Versions, cipher suites, extensions, proposals and credentials that the client knows.
  for (let i = 0; i < 5; i++) reader.vector();
  expect(reader, "leaf node source", reader.uint8(), fromKeyPackage);
  checkLifetime(reader, reader.uint64(), reader.uint64(), nowMs);
  reader.vector(); // extensions
  return signatureKey;
}

function checkCredential(reader: WireReader, credential: Uint8Array): void {
  try {
    inboxId(fromBinary(MlsCredentialSchema, credential).inboxId);
  } catch {
    throw reader.error("expected a credential that names an inbox");
  }
}

function checkLifetime(
  reader: WireReader,
  notBefore: bigint,
  notAfter: bigint,
  nowMs: number,
): void {
  const now = BigInt(Math.floor(nowMs / 1000));
  if (now < notBefore || now > notAfter) {
    throw reader.error(
      `expected a lifetime around ${now}, got ${notBefore} to ${notAfter}`,
    );
  }
}

/** RFC 9420 section 5.1.2. */
function verifyWithLabel(
  reader: WireReader,
  label: string,
  content: Uint8Array,
  signature: Uint8Array,
  key: Uint8Array,
): void {
  const labelBytes = new TextEncoder().encode(`MLS 1.0 ${label}`);
  const signed = concatBytes(encodeVector(labelBytes), encodeVector(content));
  if (!verify(null, signed, ed25519Key(key), signature)) {
    throw reader.error(`expected a valid signature of ${label}`);
  }
}

function ed25519Key(key: Uint8Array): ReturnType<typeof createPublicKey> {
  const x = Buffer.from(key).toString("base64url");
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x },
    format: "jwk",
  });
}

function expect(
  reader: WireReader,
  what: string,
  got: number,
  expected: number,
): void {
  if (got !== expected) {
    throw reader.error(`${what}: expected ${expected}, got ${got}`);
  }
}
