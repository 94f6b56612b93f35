import { expect, test } from "vitest";
import type { SyncRequest } from "../src/index.js";
import { MemoryRequestStore } from "../src/memory.js";
import { remember } from "./history.js";
import { start, together } from "./pair.js";
import { Disk, type Installation, settle, stop, World } from "./world.js";

/** Lets so many writes through; then the power is off until it is switched on again. */
class FailingStore extends MemoryRequestStore {
  left = Number.POSITIVE_INFINITY;
  writes = 0;

  override async put(request: SyncRequest): Promise<void> {
    if (this.left-- <= 0) throw new TypeError("the power is off");
    this.writes++;
    await super.put(request);
  }
}

class FailingDisk extends Disk {
  override readonly requests: FailingStore = new FailingStore();
}

async function pair(world: World) {
  const [aliceDisk, phoneDisk] = [new FailingDisk(), new FailingDisk()];
  await remember(aliceDisk.history, 3);
  const alice = await start(world, aliceDisk);
  const phone = await start(world, phoneDisk);
  await together(alice, phone);
  return { alice, phone, aliceDisk, phoneDisk };
}

/** As far as it comes. */
async function tried(...installations: readonly Installation[]) {
  for (const { worker } of installations) {
    await Promise.allSettled([worker.sync(), worker.settled()]);
  }
}

/** Writes of each side for one request, undisturbed. */
const writes = { alice: 8, phone: 5 };

test("the story has as many writes as the kills below cover", async () => {
  await using world = new World();
  const { alice, phone, aliceDisk, phoneDisk } = await pair(world);
  await phone.worker.request();
  await settle(alice, phone);
  expect(aliceDisk.requests.writes).toBeGreaterThanOrEqual(writes.alice);
  expect(phoneDisk.requests.writes).toBeGreaterThanOrEqual(writes.phone);
});

for (const victim of ["alice", "phone"] as const) {
  for (let survived = 0; survived < writes[victim]; survived++) {
    test(`${victim} is killed at write ${survived + 1} and comes back: all is there, once`, async () => {
      await using world = new World();
      const { alice, phone, aliceDisk, phoneDisk } = await pair(world);
      const disk = victim === "alice" ? aliceDisk : phoneDisk;
      disk.requests.left = survived;
      await phone.worker.request().catch(() => {});
      await tried(phone, alice, phone, alice);
      await stop(victim === "alice" ? alice : phone);
      disk.requests.left = Number.POSITIVE_INFINITY;
      const back = await world.start(disk);
      const other = victim === "alice" ? phone : alice;
      // Killed before the request was kept, there is none.
      const requester = victim === "phone" ? back : phone;
      const kept = (await requester.worker.requests()).length > 0;
      if (!kept) await requester.worker.request();
      await settle(back, other, back);
      for (const { worker } of [back, other]) {
        const requests = await worker.requests();
        expect(requests.map(({ stage }) => stage.name)).toEqual(["receipted"]);
      }
      expect(phoneDisk.history.messages).toBe(3);
      expect(world.server.blobs.size).toBe(0);
    });
  }
}
