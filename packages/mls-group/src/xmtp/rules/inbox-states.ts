import type { InboxId, InstallationId } from "@history-sync/primitives";
import type { AuthenticationService } from "../../authentication-service.js";

/** The identity logs, as the rules of XMTP's groups need them. `validate`: whether an inbox has, or once had, an installation. */
export interface InboxStates extends Pick<AuthenticationService, "validate"> {
  /**
   * The installations of an inbox right after the update of its log with exactly this sequence id; what isn't known
   * yet is fetched first. `undefined` if the log has no such update, or can't be believed.
   * To throw means "can't say now".
   */
  installationsAt(
    inboxId: InboxId,
    sequenceId: bigint,
  ): Promise<readonly InstallationId[] | undefined>;
}
