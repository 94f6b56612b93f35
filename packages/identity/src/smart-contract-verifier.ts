/** The question to a smart-contract wallet (ERC-1271): does it accept this signature of this hash? */
export interface SmartContractQuestion {
  /** CAIP-10: `eip155:CHAIN:ADDRESS`. */
  readonly accountId: string;
  readonly chainId: bigint;
  /** In lower case. */
  readonly address: string;
  /** The signed hash: 32 bytes, EIP-191. */
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
  /** The block to ask at; without it the newest. */
  readonly blockNumber?: bigint;
}

/** Asks a chain whether a contract stands by a signature (ERC-6492, ERC-1271). */
export interface SmartContractVerifier {
  /** To throw means "can't say now". */
  isValid(
    question: SmartContractQuestion,
    options?: { readonly signal?: AbortSignal },
  ): Promise<boolean>;
}
