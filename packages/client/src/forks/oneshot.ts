import {
  type MlsGroup,
  MlsGroupError,
  type MlsInstallation,
} from "@history-sync/mls-group";
import {
  type ImmutableMetadata,
  type ReaddRequest,
  readImmutableMetadata,
} from "@history-sync/mls-group/xmtp";

/** The least time between two re-adds of one installation in a group, and between two requests for them. */
export const readdIntervalNs: bigint = 60n * 60n * 1_000_000_000n;

/** A one-shot group: its Welcome carries one request to its members, and no message is ever sent in it. */
export interface Oneshot {
  readonly group: MlsGroup;
  /** Undefined for a one-shot group with another purpose. */
  readonly request: ReaddRequest | undefined;
}

/** Returns the one-shot groups that weren't deleted yet, newest first. */
export function oneshotsOf(installation: MlsInstallation): readonly Oneshot[] {
  return installation
    .groups()
    .flatMap((group) => {
      const metadata = metadataOf(group);
      if (metadata?.kind !== "oneshot") return [];
      return [{ group, request: metadata.readdRequest }];
    })
    .toSorted((a, b) => (a.group.createdAtNs > b.group.createdAtNs ? -1 : 1));
}

/** True if super admins may re-add members. A DM has none: `newDm` creates another DM instead. */
export function allowsReadds(group: MlsGroup): boolean {
  return metadataOf(group)?.kind === "group";
}

/** Returns undefined for a group that was deleted, or isn't one of XMTP's. */
function metadataOf({ extensions }: MlsGroup): ImmutableMetadata | undefined {
  try {
    return readImmutableMetadata(extensions);
  } catch (error) {
    if (error instanceof MlsGroupError) return undefined;
    throw error;
  }
}
