import { create } from "@bufbuild/protobuf";
import { DeviceSyncReplySchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import type { Stage, SyncRequest } from "../src/index.js";
import { start, together, withHistory } from "./pair.js";
import {
  Disk,
  type Installation,
  next,
  settle,
  uploadBegun,
  World,
} from "./world.js";

interface Scene {
  readonly alice: Installation;
  /** The requester. */
  readonly phone: Installation;
  /** Hands out nothing by itself. */
  readonly other: Installation;
  readonly pin: string;
  /** As the responder has it. */
  readonly id: string;
}

/** An event that ends an upload, and the stage that follows. */
const endings: readonly (readonly [
  Stage["name"],
  (scene: Scene) => Promise<unknown>,
])[] = [
  ["declined", ({ alice, id }) => alice.worker.decline(id)],
  [
    "cancelled",
    async ({ alice, phone, pin }) => {
      await phone.worker.cancel(`own:${pin}`);
      await phone.worker.settled();
      await alice.worker.sync();
    },
  ],
  [
    "answered",
    async ({ alice, other, pin }) => {
      const value = create(DeviceSyncReplySchema, {
        requestId: pin,
        url: "http://127.0.0.1:5558/files/another",
        key: { key: { case: "aes256Gcm", value: new Uint8Array(32) } },
      });
      await other.syncGroups.send({ case: "reply", value });
      await alice.worker.sync();
    },
  ],
];

for (const [stage, end] of endings) {
  test(`an upload whose request is ${stage} is deleted at once, and the key is gone`, async () => {
    await using world = new World();
    const alice = await withHistory(world);
    const phone = await start(world);
    const other = await start(world, new Disk(), { historySyncUrl: "" });
    await together(alice, phone, other);
    let open = () => {};
    world.server.uploadGate = new Promise((resolve) => {
      open = resolve;
    });
    const begun = next(alice.worker, uploadBegun);
    const { pin } = await phone.worker.request();
    await begun;
    const [{ id } = { id: "" }] = await alice.worker.requests();

    let left: SyncRequest | undefined;
    const deleted = next(alice.worker, (update) => {
      if (update.type !== "stage" || update.request.stage.name !== stage) {
        return false;
      }
      left = update.request;
      return left.uploadsToDelete.length === 0;
    });
    await end({ alice, phone, other, pin, id });
    await deleted;
    // The upload itself has heard of nothing yet.
    expect([...world.server.gone]).toHaveLength(1);
    open();
    await settle(alice);
    expect(world.server.blobs.size).toBe(0);
    expect(left?.stage).not.toHaveProperty("archive");
  });
}
