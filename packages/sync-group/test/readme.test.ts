import { create } from "@bufbuild/protobuf";
import {
  MemoryDeliveryService,
  MemoryGroupStateStore,
} from "@history-sync/mls-group/memory";
import {
  inboxId,
  silent,
  systemClock,
  systemRandomBytes,
} from "@history-sync/primitives";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { openSyncGroups } from "../src/index.js";
import { MemoryInstallations } from "../src/memory/index.js";

test("the README's example, with the system's clock", async () => {
  const installations = new MemoryInstallations();
  const shared = {
    deliveryService: new MemoryDeliveryService(systemClock),
    installations,
    clock: systemClock,
    randomBytes: systemRandomBytes,
    log: silent,
  };
  const alix = inboxId("a1".repeat(32));
  const phone = await openSyncGroups(
    { ...shared, store: new MemoryGroupStateStore() },
    { inboxId: alix },
  );
  const laptop = await openSyncGroups(
    { ...shared, store: new MemoryGroupStateStore() },
    { inboxId: alix },
  );
  installations.add(alix, phone.installationId);
  installations.add(alix, laptop.installationId);

  await phone.ensure({ graceMs: 0 });
  await laptop.ensure();
  const value = create(DeviceSyncRequestSchema, { pin: "zBjzV" });
  await laptop.send({ case: "request", value });

  await phone.sync();
  const pending = await phone.pending();
  expect(pending.map(({ content }) => content.case)).toEqual(["request"]);
  for (const message of pending) await phone.markHandled(message);
  expect(await phone.pending()).toEqual([]);
});
