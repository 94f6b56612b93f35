import { fromHex } from "@history-sync/primitives";
import { ethereum } from "../identifier.js";
import type { Signer } from "../signer.js";

/** The used part of a viem account; a wallet client with an account has it too, under `account`. */
export interface ViemAccount {
  readonly address: `0x${string}`;
  signMessage(args: { readonly message: string }): Promise<`0x${string}`>;
}

/**
 * A viem account as a `Signer`. An account that is a contract says on which chain, and at which block to ask it.
 */
export function viemSigner(
  account: ViemAccount,
  contract?: NonNullable<Signer["contract"]>,
): Signer {
  const identifier = ethereum(account.address);
  return {
    identifier: () => identifier,
    async signMessage(text) {
      const signature = await account.signMessage({ message: text });
      return fromHex(signature.slice("0x".length));
    },
    ...(contract === undefined ? {} : { contract }),
  };
}
