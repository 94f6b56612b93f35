import type { Stage, SyncRequest } from "./sync-request.js";

/** What becomes of a request by time alone. */
export interface Due {
  readonly atNs: bigint;
  readonly stage: Stage;
}

/** The next thing that time does to a request in its stage; undefined where nothing waits for time. */
export function dueOf({
  stage,
  expiresAtNs,
  role,
}: SyncRequest): Due | undefined {
  const expiry = expiresAtNs === undefined ? undefined : expired(expiresAtNs);
  switch (stage.name) {
    case "asking":
    case "requested":
    case "acknowledging":
    case "awaiting-approval":
      return expiry;
    case "declined":
      return role === "asker" ? expiry : undefined;
    case "standing-by": {
      const { untilNs } = stage;
      if (expiry && expiry.atNs <= untilNs) return expiry;
      return { atNs: untilNs, stage: { name: "acknowledging" } };
    }
    case "uploaded":
    case "replied":
      return stage.upload.expiresAtNs === undefined
        ? undefined
        : expired(stage.upload.expiresAtNs);
    default:
      return undefined;
  }
}

function expired(atNs: bigint): Due {
  return { atNs, stage: { name: "expired" } };
}
