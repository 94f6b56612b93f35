export type { DeviceSyncMessage, SyncContent } from "./device-sync-message.js";
export { SyncGroupError, type SyncGroupErrorCode } from "./errors.js";
export { type Followed, followNews } from "./follow.js";
export { openInboxInstallation } from "./inbox-installation.js";
export { installationAuthentication } from "./installation-authentication.js";
export type {
  InstallationSource,
  Installations,
} from "./installation-source.js";
export { type OpenOptions, openSyncGroups } from "./open-sync-groups.js";
export type { MembersRefreshed } from "./refresh-members.js";
export type {
  EnsureOptions,
  SyncGroupPorts,
  SyncGroups,
} from "./sync-groups.js";
