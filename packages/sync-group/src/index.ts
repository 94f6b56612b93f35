export { SyncGroupError, type SyncGroupErrorCode } from "./errors.js";
export { type Followed, followNews } from "./follow.js";
export type { MembersRefreshed } from "./groups/refresh-members.js";
export { openInboxInstallation } from "./installations/inbox-installation.js";
export { installationAuthentication } from "./installations/installation-authentication.js";
export type {
  InstallationSource,
  Installations,
} from "./installations/installation-source.js";
export type {
  DeviceSyncMessage,
  SyncContent,
} from "./messages/device-sync-message.js";
export { type OpenOptions, openSyncGroups } from "./open-sync-groups.js";
export type {
  EnsureOptions,
  SyncGroupPorts,
  SyncGroups,
} from "./sync-groups.js";
