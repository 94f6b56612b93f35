import type { Engine, GroupView } from "../engine/engine.js";
import type { EngineState, GroupRecord } from "../ports/group-state-store.js";

const nothing = new Uint8Array();

/** Returns the state of a forgotten group, without any key. */
export function forgottenState(state: EngineState): EngineState {
  return { ...state, bytes: nothing };
}

/** Returns the view of a group's state. The view of a forgotten group is empty. */
export async function viewOf(
  { id, epoch, state }: GroupRecord,
  engine: Engine,
): Promise<GroupView> {
  if (state.bytes.length > 0) return engine.view(state);
  return {
    id,
    epoch,
    extensions: [],
    members: [],
    active: false,
    epochAuthenticator: nothing,
  };
}
