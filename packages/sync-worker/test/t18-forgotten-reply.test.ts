import { expect, test } from "vitest";
import { MemoryRequestStore } from "../src/memory.js";
import { start, together, withHistory } from "./pair.js";
import { Disk, settle, stop, World } from "./world.js";

test("T18: killed before it has forgotten the reply of a finished import, it forgets it at the next start", async () => {
  await using world = new World();
  const alice = await withHistory(world);
  const disk = new DiskOfPhone();
  const phone = await start(world, disk);
  await together(alice, phone);
  disk.requests.isOff = true;
  await phone.worker.request();
  await alice.worker.sync();
  await alice.worker.settled();
  await phone.worker.sync();
  await phone.worker.settled();
  expect(await disk.requests.archives.list()).toHaveLength(1);
  await stop(phone);

  disk.requests.isOff = false;
  const back = await world.start(disk);
  await settle(back, alice);
  expect(await back.worker.requests()).toMatchObject([
    { stage: { name: "receipted" } },
  ]);
  expect(await disk.requests.archives.list()).toEqual([]);
});

/** Its power can be switched off; only what would be forgotten then isn't. */
class PhoneStore extends MemoryRequestStore {
  isOff = false;

  constructor() {
    super();
    const remove = this.archives.remove.bind(this.archives);
    this.archives.remove = async (id) => {
      if (this.isOff) throw new TypeError("the power is off");
      await remove(id);
    };
  }
}

class DiskOfPhone extends Disk {
  override readonly requests: PhoneStore = new PhoneStore();
}
