import { expect } from "vitest";
import type { Installation } from "../support/stage.js";
import { filesIn, historyOf, largestFileIn, unfinishedIn } from "./leavings.js";
import type { Scene } from "./scene.js";
import { untilReceipted } from "./until-receipted.js";

// More bytes than the server notes of an upload, fewer than any archive has.
const aboutAnUpload = 2_000;

/** By when the history server has nothing left: at once, or when an empty upload that no installation knows of has expired. */
export type EmptyServer = "at once" | "in time";

/** Waits for the end of the sync, then holds against each other what the two installations and the server have. */
export async function expectNothingLost(
  phone: Installation,
  laptop: Installation,
  scene: Scene,
  emptyServer: EmptyServer,
): Promise<void> {
  const both = [phone, laptop];
  await Promise.all(both.map(({ client }) => untilReceipted(client)));
  for (const { client } of [...both, ...both]) {
    await client.syncAllDeviceSyncGroups();
    await client.settled();
  }
  expect((await phone.store.history.counts()).messages).toBe(scene.messages);
  expect(await historyOf(laptop.store)).toEqual(await historyOf(phone.store));
  for (const { client, store } of both) {
    expect(await client.history.requests()).toMatchObject([
      {
        stage: {
          name: "receipted",
          receipt: { complete: true, present: scene.messages },
        },
      },
    ]);
    expect(await unfinishedIn(store)).toEqual([]);
  }
  if (emptyServer === "in time") {
    expect(await largestFileIn(scene.blobs)).toBeLessThan(aboutAnUpload);
    await scene.sweepLater();
  }
  expect(await filesIn(scene.blobs)).toEqual([]);
}
