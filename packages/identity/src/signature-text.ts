import type { UnsignedAction, UnsignedUpdate } from "./identity-update.js";

/** Returns the text that every signer of an update signs, in lines that end in a line feed, but for the last. */
export function signatureText(update: UnsignedUpdate): string {
  return [
    "XMTP : Authenticate to inbox",
    "",
    `Inbox ID: ${update.inboxId}`,
    `Current time: ${secondsOf(update.clientTimestampNs)}`,
    "",
    ...update.actions.flatMap(actionLines),
    "",
    "For more info: https://xmtp.org/signatures",
  ].join("\n");
}

/** RFC 3339 in UTC, cut to the second. */
function secondsOf(timestampNs: bigint): string {
  const date = new Date(Number(timestampNs / 1_000_000_000n) * 1000);
  return `${date.toISOString().slice(0, "2026-11-22T23:19:08".length)}Z`;
}

function actionLines(action: UnsignedAction): readonly [string, string] {
  switch (action.kind) {
    case "create-inbox":
      return ["- Create inbox", `  (Owner: ${action.owner.identifier})`];
    case "add":
      return lines(added[action.member.kind], action.member.identifier);
    case "revoke":
      return lines(revoked[action.member.kind], action.member.identifier);
    case "change-recovery":
      return lines(
        // A passkey is called an address here too.
        { says: "Change inbox recovery address", label: "Address" },
        action.recovery.identifier,
      );
  }
}

function lines(
  { says, label }: { readonly says: string; readonly label: string },
  identifier: string,
): readonly [string, string] {
  return [`- ${says}`, `  (${label}: ${identifier})`];
}

const added = {
  ethereum: { says: "Link address to inbox", label: "Address" },
  installation: { says: "Grant messaging access to app", label: "ID" },
  passkey: { says: "Link passkey to inbox", label: "Passkey" },
};

const revoked = {
  ethereum: { says: "Unlink address from inbox", label: "Address" },
  installation: { says: "Revoke messaging access from app", label: "ID" },
  passkey: { says: "Unlink passkey from inbox", label: "Passkey" },
};
