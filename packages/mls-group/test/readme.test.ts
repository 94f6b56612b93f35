import {
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { expect, test } from "vitest";
import { openInstallation } from "../src/index.js";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "../src/memory/index.js";

test("the README's example", async () => {
  const shared = {
    deliveryService: new MemoryDeliveryService(systemClock),
    authentication: { validate: async () => true },
    clock: systemClock,
    randomBytes: systemRandomBytes,
    log: silent,
  };
  const credential = new TextEncoder().encode("alix");
  const phone = await openInstallation(
    { ...shared, store: new MemoryGroupStateStore() },
    { credential },
  );
  const laptop = await openInstallation(
    { ...shared, store: new MemoryGroupStateStore() },
    { credential },
  );

  const group = await phone.createGroup({ extensions: [] });
  await group.changeMembers({ add: [laptop.id] });
  await group.send(new TextEncoder().encode("hello"));

  const [joined] = await laptop.syncWelcomes();
  await joined?.sync();
  const received = (await joined?.received()) ?? [];
  expect(received.map(({ sender }) => sender)).toEqual([phone.id]);
  await joined?.markHandled(received);
  expect(await joined?.received()).toEqual([]);
});
