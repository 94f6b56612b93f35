import { create } from "@bufbuild/protobuf";
import type { SmartContractVerifier } from "@history-sync/identity";
import {
  type VerifySmartContractWalletSignatureRequestSignature,
  type VerifySmartContractWalletSignaturesRequest,
  type VerifySmartContractWalletSignaturesResponse,
  VerifySmartContractWalletSignaturesResponseSchema,
} from "@history-sync/proto/identity-api";
import { checkCount } from "./checks.js";

/** Each may cost a call to a chain. */
const maxSignatures = 20;
// CAIP-10 on an EVM chain.
const accountForm = /^eip155:(\d{1,20}):(0x[0-9a-fA-F]{40})$/;

/** Asks the chains for clients that reach none. Without a verifier, nothing counts as valid. */
export async function verifySmartContractSignatures(
  { signatures }: VerifySmartContractWalletSignaturesRequest,
  verifier: SmartContractVerifier | undefined,
  signal: AbortSignal,
): Promise<VerifySmartContractWalletSignaturesResponse> {
  checkCount("signatures", signatures, maxSignatures);
  return create(VerifySmartContractWalletSignaturesResponseSchema, {
    responses: await Promise.all(
      signatures.map((signature) => verifyOne(signature, verifier, signal)),
    ),
  });
}

async function verifyOne(
  {
    accountId,
    blockNumber,
    signature,
    hash,
  }: VerifySmartContractWalletSignatureRequestSignature,
  verifier: SmartContractVerifier | undefined,
  signal: AbortSignal,
) {
  const [, chainId, address] = accountForm.exec(accountId) ?? [];
  if (chainId === undefined || address === undefined) {
    return invalid("expected an account as eip155:CHAIN:ADDRESS");
  }
  if (!verifier) return invalid("this node reaches no chain");
  const question = {
    accountId,
    chainId: BigInt(chainId),
    address: address.toLowerCase(),
    hash,
    signature,
    ...(blockNumber !== undefined && { blockNumber }),
  };
  try {
    const isValid = await verifier.isValid(question, { signal });
    return { isValid, ...(blockNumber !== undefined && { blockNumber }) };
  } catch {
    return invalid("the chain can't be asked now");
  }
}

function invalid(error: string) {
  return { isValid: false, error };
}
