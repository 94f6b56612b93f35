import { openDB } from "idb";

/** Makes a database of version 1, as it was made before there was another. */
export async function makeVersion1(name: string): Promise<void> {
  const made = await openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore("conversations", { keyPath: "id" });
      const messages = db.createObjectStore("messages", {
        keyPath: "position",
      });
      messages.createIndex("id", "id", { unique: true });
      messages.createIndex("conversation", ["conversation", "position"]);
      messages.createIndex("unpublished", ["unpublished", "position"]);
      db.createObjectStore("consent", { keyPath: ["entityType", "entity"] });
      db.createObjectStore("hmac_key");
      const imports = db.createObjectStore("imports", {
        keyPath: "number",
        autoIncrement: true,
      });
      imports.createIndex("name", "name", { unique: true });
      db.createObjectStore("writes");
      db.createObjectStore("mls_installation");
      db.createObjectStore("mls_key_packages");
      db.createObjectStore("mls_groups");
      const outbox = db.createObjectStore("mls_outbox", {
        autoIncrement: true,
      });
      outbox.createIndex("id", ["groupId", "id"], { unique: true });
      outbox.createIndex("group", "groupId");
      db.createObjectStore("mls_received");
      db.createObjectStore("mls_held");
      db.createObjectStore("sync_requests", { keyPath: "id" });
      db.createObjectStore("sync_archives", { keyPath: "id" });
      db.createObjectStore("unsent_preferences", { keyPath: "id" });
      db.createObjectStore("hmac_key_audience");
      db.createObjectStore("sync_decisions");
    },
  });
  made.close();
}
