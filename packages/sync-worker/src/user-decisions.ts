import type { InstallationId } from "@history-sync/primitives";
import { SyncWorkerError } from "./errors.js";
import type { Stage, SyncRequest } from "./sync-request.js";

export type Decision = "approve" | "decline" | "cancel";

const decidable: Readonly<
  Record<
    Decision,
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

/** The stage that a user's decision leads to; throws `wrong-stage` where there is nothing to decide. */
export function decided(
  { role, stage }: SyncRequest,
  decision: Decision,
  by: InstallationId,
): Stage {
  const { role: expected, from } = decidable[decision];
  if (role !== expected || !from.includes(stage.name)) {
    throw new SyncWorkerError(
      "wrong-stage",
      `${decision}: expected a request of the ${expected} in ${from.join(" or ")}, got one of the ${role} in ${stage.name}`,
    );
  }
  switch (decision) {
    case "approve":
      return { name: "acknowledging" };
    case "decline":
      return { name: "declined", reason: "user", by, told: false };
    case "cancel":
      return { name: "cancelled", told: false };
  }
}
