import type { Signature, VerifiedSignature } from "../signature.js";
import type { SmartContractVerifier } from "../smart-contract-verifier.js";
import { recoverAddress } from "./erc191.js";
import { verifyInstallationKey } from "./installation-key.js";
import { verifyLegacy } from "./legacy.js";
import { verifyPasskey } from "./passkey.js";
import { verifySmartContract } from "./smart-contract.js";

/** The options of verifying a signature. */
export interface VerifyOptions {
  /** Needed once a smart-contract wallet has signed. */
  readonly smartContracts?: SmartContractVerifier;
  readonly signal?: AbortSignal;
}

/**
 * Returns the signer of a text. A wallet's address is recovered from the signature, and another text gives another
 * address: the caller compares it with the expected one.
 *
 * @throws {IdentityError} `invalid-signature`, `invalid-account`, `no-smart-contract-verifier`, `verifier-failed`
 */
export async function verifySignature(
  text: string,
  signature: Signature,
  options: VerifyOptions = {},
): Promise<VerifiedSignature> {
  const { kind } = signature;
  const found = await signerOf(text, signature, options);
  return { kind, ...found } as VerifiedSignature;
}

async function signerOf(
  text: string,
  signature: Signature,
  { smartContracts, signal }: VerifyOptions,
): Promise<Pick<VerifiedSignature, "signer" | "replayKey" | "chainId">> {
  switch (signature.kind) {
    case "erc-191": {
      const { address, replayKey } = recoverAddress(text, signature.bytes);
      return { signer: { kind: "ethereum", identifier: address }, replayKey };
    }
    case "installation-key":
      return verifyInstallationKey(text, signature);
    case "passkey":
      return verifyPasskey(text, signature);
    case "delegated-erc-191":
      return verifyLegacy(text, signature);
    case "erc-6492":
      return await verifySmartContract(text, signature, smartContracts, signal);
  }
}
