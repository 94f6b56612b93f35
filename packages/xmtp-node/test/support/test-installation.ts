import { generateKeyPairSync, sign } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { concatBytes, systemRandomBytes } from "@history-sync/primitives";
import { MlsCredentialSchema } from "@history-sync/proto/identity";
import { uint16, uint64, vector } from "@history-sync/test-kit/mls-bytes";

export interface KeyPackageParts {
  readonly inboxId?: string;
  readonly suite?: number;
  readonly notBefore?: bigint;
  readonly notAfter?: bigint;
}

/** An installation that can sign key packages. */
export class TestInstallation {
  readonly key: Uint8Array;
  readonly #privateKey: ReturnType<typeof generateKeyPairSync>["privateKey"];

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const { x = "" } = publicKey.export({ format: "jwk" });
    this.key = Uint8Array.from(Buffer.from(x, "base64url"));
    this.#privateKey = privateKey;
  }

  keyPackage({
    inboxId = "ab".repeat(32),
    suite = 3,
    notBefore = 0n,
    notAfter = 2n ** 40n,
  }: KeyPackageParts = {}): Uint8Array {
    const credential = create(MlsCredentialSchema, { inboxId });
    const leaf = concatBytes(
      vector(systemRandomBytes(32)),
      vector(this.key),
      uint16(1),
      vector(toBinary(MlsCredentialSchema, credential)),
      ...[1, 2, 3, 4, 5].map(() => vector(uint16(1))),
      Uint8Array.of(1),
      uint64(notBefore),
      uint64(notAfter),
      vector(new Uint8Array()),
    );
    const unsigned = concatBytes(
      uint16(1),
      uint16(suite),
      vector(systemRandomBytes(32)),
      leaf,
      vector(this.#signed("LeafNodeTBS", leaf)),
      vector(new Uint8Array()),
    );
    return concatBytes(
      unsigned,
      vector(this.#signed("KeyPackageTBS", unsigned)),
    );
  }

  #signed(label: string, content: Uint8Array): Uint8Array {
    const labelBytes = new TextEncoder().encode(`MLS 1.0 ${label}`);
    const signed = concatBytes(vector(labelBytes), vector(content));
    return sign(null, signed, this.#privateKey);
  }
}
