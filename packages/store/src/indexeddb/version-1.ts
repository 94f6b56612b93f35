import type { ObjectStores } from "./object-stores.js";

/** The object stores that `StoreSchema` tells the records of. */
export const version1: ObjectStores = {
  conversations: { keyPath: "id" },
  messages: {
    keyPath: "position",
    indexes: {
      id: { keyPath: "id", unique: true },
      conversation: { keyPath: ["conversation", "position"] },
      unpublished: { keyPath: ["unpublished", "position"] },
    },
  },
  consent: { keyPath: ["entityType", "entity"] },
  hmac_key: {},
  imports: {
    keyPath: "number",
    autoIncrement: true,
    indexes: { name: { keyPath: "name", unique: true } },
  },
  writes: {},
  mls_installation: {},
  mls_key_packages: {},
  mls_groups: {},
  mls_outbox: {
    autoIncrement: true,
    indexes: {
      id: { keyPath: ["groupId", "id"], unique: true },
      group: { keyPath: "groupId" },
    },
  },
  mls_received: {},
  mls_held: {},
  sync_requests: { keyPath: "id" },
  sync_archives: { keyPath: "id" },
  unsent_preferences: { keyPath: "id" },
  hmac_key_audience: {},
  sync_decisions: {},
};
