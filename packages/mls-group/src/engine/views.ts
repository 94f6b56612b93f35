import { groupIdOf } from "@history-sync/primitives";
import type { JoinedGroup } from "../ports/authentication-service.js";
import type { GroupView } from "./engine.js";
import { fromEngineExtension } from "./extensions.js";
import { leaves, memberOf, ownLeaf } from "./leaves.js";
import type { ClientState } from "./ts-mls.js";

export function groupView(state: ClientState): GroupView {
  const { groupId, epoch, extensions } = state.groupContext;
  return {
    id: groupIdOf(groupId),
    epoch,
    extensions: extensions.map(fromEngineExtension),
    members: leaves(state).map(({ leaf }) => memberOf(leaf)),
    active: state.groupActiveState.kind === "active",
    epochAuthenticator: state.keySchedule.epochAuthenticator.slice(),
  };
}

export function joinedGroup(state: ClientState): JoinedGroup {
  const { id: groupId, epoch, members, extensions } = groupView(state);
  return {
    groupId,
    epoch,
    members,
    extensions,
    self: memberOf(ownLeaf(state)),
  };
}
