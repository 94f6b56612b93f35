import type {
  Identifier,
  InboxSnapshot,
  MemberIdentifier,
} from "@history-sync/identity";
import type { InboxId, InstallationId } from "@history-sync/primitives";

/** An inbox, for apps to show. */
export interface InboxState {
  readonly inboxId: InboxId;
  /** The place in its log. */
  readonly sequenceId: bigint;
  /** May revoke installations. */
  readonly recoveryIdentifier: Identifier;
  /** The wallets and passkeys in it. */
  readonly identifiers: readonly Identifier[];
  /** In the order in which they came. */
  readonly installations: readonly {
    readonly id: InstallationId;
    /** By the clock of who added it. */
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
