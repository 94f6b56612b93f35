import type {
  Identifier,
  InboxSnapshot,
  MemberIdentifier,
} from "@history-sync/identity";
import type { InboxId, InstallationId } from "@history-sync/primitives";

/** The state of an inbox, for apps to show. */
export interface InboxState {
  readonly inboxId: InboxId;
  /** The position in its log. */
  readonly sequenceId: bigint;
  /** The identifier that may revoke installations. */
  readonly recoveryIdentifier: Identifier;
  /** Its wallets and passkeys. */
  readonly identifiers: readonly Identifier[];
  /** In the order in which they were added. */
  readonly installations: readonly {
    readonly id: InstallationId;
    /** By the clock of the installation that added it. */
    readonly addedAtNs?: bigint;
  }[];
}

export function inboxStateOf({ sequenceId, state }: InboxSnapshot): InboxState {
  const members = [...state.members.values()];
  const identifiers = members.flatMap(({ identifier }) =>
    isOwner(identifier) ? [identifier] : [],
  );
  const installations = members.flatMap(({ identifier, addedAtNs }) =>
    isOwner(identifier)
      ? []
      : [
          {
            id: identifier.identifier,
            ...(addedAtNs === undefined ? {} : { addedAtNs }),
          },
        ],
  );
  return {
    inboxId: state.inboxId,
    sequenceId,
    recoveryIdentifier: state.recovery,
    identifiers,
    installations,
  };
}

function isOwner(member: MemberIdentifier): member is Identifier {
  return member.kind !== "installation";
}
