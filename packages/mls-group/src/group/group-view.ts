import type { Engine, GroupView } from "../engine/engine.js";
import type { EngineState, GroupRecord } from "../ports/group-state-store.js";

const nothing = new Uint8Array();

/** The state of a group that was forgotten: no key is left in it. */
export function forgottenState(state: EngineState): EngineState {
  return { ...state, bytes: nothing };
}

/** What a group's state says; that of a forgotten one says nothing any more. */
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
