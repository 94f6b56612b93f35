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

/** Nobody asks for or is given more than one re-add in a group within this time. */
export const readdIntervalNs: bigint = 60n * 60n * 1_000_000_000n;

/** A group that is made to tell its members one thing by its Welcome; nothing is ever sent in it. */
export interface Oneshot {
  readonly group: MlsGroup;
  /** Undefined: it tells something else. */
  readonly request: ReaddRequest | undefined;
}

/** Those that weren't forgotten yet, newest first. */
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

/** Whether its super admins may add members anew. In a DM nobody may: `newDm` makes another one. */
export function allowsReadds(group: MlsGroup): boolean {
  return metadataOf(group)?.kind === "group";
}

/** Undefined for a group that was forgotten, or isn't one of XMTP's. */
function metadataOf({ extensions }: MlsGroup): ImmutableMetadata | undefined {
  try {
    return readImmutableMetadata(extensions);
  } catch (error) {
    if (error instanceof MlsGroupError) return undefined;
    throw error;
  }
}
