import type { InstallationId } from "@history-sync/primitives";
import { maxWords } from "./decline.js";
import { SyncWorkerError } from "./errors.js";
import type { Stage, SyncRequest } from "./sync-request.js";

export type Decision =
  | { readonly name: "approve" }
  | { readonly name: "decline"; readonly words?: string | undefined }
  | { readonly name: "cancel" };

const decidable: Readonly<
  Record<
    Decision["name"],
    {
      readonly role: SyncRequest["role"];
      readonly from: readonly Stage["name"][];
    }
  >
> = {
  approve: { role: "answerer", from: ["awaiting-approval"] },
  decline: {
    role: "answerer",
    from: ["awaiting-approval", "acknowledging", "standing-by", "preparing"],
  },
  cancel: {
    role: "asker",
    from: ["asking", "requested", "declined", "importing"],
  },
};

/** The stage that a user's decision leads to; throws `wrong-stage` where there is nothing to decide, and `too-long`. */
export function decided(
  { role, stage }: SyncRequest,
  decision: Decision,
  by: InstallationId,
): Stage {
  const { role: expected, from } = decidable[decision.name];
  if (role !== expected || !from.includes(stage.name)) {
    throw new SyncWorkerError(
      "wrong-stage",
      `${decision.name}: expected a request of the ${expected} in ${from.join(" or ")}, got one of the ${role} in ${stage.name}`,
    );
  }
  switch (decision.name) {
    case "approve":
      return { name: "acknowledging" };
    case "decline":
      return {
        name: "declined",
        reason: "user",
        by,
        ...wordsOf(decision.words),
        told: false,
      };
    case "cancel":
      return { name: "cancelled", told: false };
  }
}

function wordsOf(words = ""): { readonly words?: string } {
  if (words.length > maxWords) {
    throw new SyncWorkerError(
      "too-long",
      `expected a reason of at most ${maxWords} characters, got ${words.length}`,
    );
  }
  return words === "" ? {} : { words };
}
