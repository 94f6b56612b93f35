import { installationIdOf } from "@history-sync/primitives";
import type { Provenance } from "./history-store.js";

/** What a store keeps of an import, as apps see it. */
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
