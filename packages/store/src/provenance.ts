import { installationIdOf } from "@history-sync/primitives";
import type { Provenance } from "./history-store.js";

/** Returns the origin of a row from what a store keeps of its import. */
export function provenanceOf(step: {
  readonly id: string;
  readonly archiveId?: Uint8Array | undefined;
  readonly installationId?: Uint8Array | undefined;
}): Provenance {
  const { id: importId, archiveId, installationId } = step;
  return {
    importId,
    ...(archiveId ? { archiveId } : {}),
    ...(installationId
      ? { installationId: installationIdOf(installationId) }
      : {}),
  };
}
