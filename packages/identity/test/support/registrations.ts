import { fromHex, inboxId, installationId } from "@history-sync/primitives";
import {
  type DraftAction,
  ethereum,
  type Identifier,
  type IdentityUpdate,
  type InboxState,
  installation,
  type Signature,
} from "../../src/index.js";
import vectors from "../vectors/registrations.json" with { type: "json" };

interface Registration {
  readonly owner: Identifier;
  readonly nonce: bigint;
  readonly inboxId: InboxState["inboxId"];
  readonly text: string;
  readonly textSha256: string;
  readonly actions: readonly DraftAction[];
  readonly update: IdentityUpdate<Signature>;
}

/** The updates that two installations of real libxmtp sent when they registered. */
export const registrations: readonly Registration[] = vectors.map((vector) => {
  const owner = ethereum(vector.identifier);
  const member = installation(installationId(vector.installationId));
  const nonce = BigInt(vector.nonce);
  const signature: Signature = {
    kind: "erc-191",
    bytes: fromHex(vector.walletSignature),
  };
  const newSignature: Signature = {
    kind: "installation-key",
    bytes: fromHex(vector.installationSignature),
    publicKey: fromHex(vector.installationId),
  };
  return {
    owner,
    nonce,
    inboxId: inboxId(vector.inboxId),
    text: vector.text,
    textSha256: vector.textSha256,
    actions: [
      { kind: "create-inbox", owner, nonce, by: owner },
      { kind: "add", member, by: owner },
    ],
    update: {
      inboxId: inboxId(vector.inboxId),
      clientTimestampNs: BigInt(vector.clientTimestampNs),
      actions: [
        { kind: "create-inbox", owner, nonce, signature },
        { kind: "add", member, existingSignature: signature, newSignature },
      ],
    },
  };
});
