import type { InstallationId } from "@history-sync/primitives";
import type { Member } from "./authentication-service.js";
import type { Delivered } from "./delivery-service.js";
import type { GroupRecord, Readded } from "./group-state-store.js";

/** Notes whom a commit added anew, and forgets those who are gone: there are never more of them than members. */
export function withReadded(
  { readded: before = [] }: Pick<GroupRecord, "readded">,
  ids: readonly InstallationId[],
  { id: sequence, createdAtNs: atNs }: Pick<Delivered, "id" | "createdAtNs">,
  members: readonly Member[],
): Pick<GroupRecord, "readded"> {
  const anew = ids.map(
    (installationId): Readded => ({
      installationId,
      sequence,
      atNs,
    }),
  );
  const present = new Set(members.map(({ installationId }) => installationId));
  const readded = [
    ...before.filter(({ installationId }) => !ids.includes(installationId)),
    ...anew,
  ].filter(({ installationId }) => present.has(installationId));
  return { readded: readded.length > 0 ? readded : undefined };
}
