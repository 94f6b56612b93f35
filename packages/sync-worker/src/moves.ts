import type { Stage, SyncRequest } from "./sync-request.js";

/** Moves requests from outside of the work on them. */
export interface Move {
  /** Ends what is under way for the request and enters the stage; what it calls for starts after the messages at hand. */
  to(request: SyncRequest, stage: Stage): Promise<void>;
  /** Starts what the request's stage calls for after the messages at hand. */
  restart(id: string): Promise<void>;
}
