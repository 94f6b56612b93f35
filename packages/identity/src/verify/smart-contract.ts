import { toHex } from "@history-sync/primitives";
import { IdentityError } from "../errors.js";
import type { Identifier } from "../identifier.js";
import type { SmartContractSignature } from "../signature.js";
import type { SmartContractVerifier } from "../smart-contract-verifier.js";
import { personalMessageHash } from "./erc191.js";

// CAIP-2 and CAIP-10, for the one namespace that inboxes know.
const evmAccount = /^eip155:(0|[1-9][0-9]{0,19}):(0x[0-9a-fA-F]{40})$/;
const maxUint64 = 2n ** 64n - 1n;

export async function verifySmartContract(
  text: string,
  signature: SmartContractSignature,
  verifier: SmartContractVerifier | undefined,
  signal?: AbortSignal,
): Promise<{
  readonly signer: Identifier;
  readonly replayKey: string;
  readonly chainId: bigint;
}> {
  const { accountId, blockNumber } = signature;
  const { chainId, address } = accountOf(accountId);
  if (verifier === undefined) {
    throw new IdentityError(
      "no-smart-contract-verifier",
      `a contract on chain ${chainId} signed, and nobody was passed who could ask it`,
    );
  }
  const question = {
    accountId,
    chainId,
    address,
    hash: personalMessageHash(text),
    signature: signature.bytes,
    ...(blockNumber === 0n ? {} : { blockNumber }),
  };
  if (!(await asked(verifier, question, signal))) {
    throw new IdentityError(
      "invalid-signature",
      `the contract on chain ${chainId} doesn't stand by its signature`,
    );
  }
  return {
    signer: { kind: "ethereum", identifier: address },
    replayKey: toHex(signature.bytes),
    chainId,
  };
}

async function asked(
  verifier: SmartContractVerifier,
  question: Parameters<SmartContractVerifier["isValid"]>[0],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await verifier.isValid(question, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw new IdentityError(
      "verifier-failed",
      `chain ${question.chainId} couldn't be asked about a signature`,
      { cause, retryable: true },
    );
  }
}

/** The chain and the address, in lower case, of a CAIP-10 account; throws `invalid-account`. */
function accountOf(accountId: string): {
  readonly chainId: bigint;
  readonly address: string;
} {
  const [, chain, address] = evmAccount.exec(accountId) ?? [];
  const chainId = chain === undefined ? undefined : BigInt(chain);
  if (chainId === undefined || chainId > maxUint64 || address === undefined) {
    throw new IdentityError(
      "invalid-account",
      `expected eip155:CHAIN:ADDRESS, got ${accountId.length} characters`,
    );
  }
  return { chainId, address: address.toLowerCase() };
}
