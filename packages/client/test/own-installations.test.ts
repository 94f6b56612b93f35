import type { DeliveryService } from "@history-sync/mls-group";
import { HistorySyncError } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { hurriedClock } from "./support/hurried-clock.js";
import { MemoryStage } from "./support/memory-stage.js";
import { nextOf } from "./support/stage.js";

class NodeAway extends HistorySyncError<"node-away"> {}

/** Fails so many times to hand out key packages. */
function failing(times: number, service: DeliveryService): DeliveryService {
  let left = times;
  return new Proxy(service, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        if (name === "fetchKeyPackages" && left-- > 0) {
          const options = { retryable: true };
          return Promise.reject(
            new NodeAway("node-away", "expected a node", options),
          );
        }
        return member.apply(target, values);
      };
    },
  });
}

test("a new installation of the user's is brought into what isn't denied nor long silent, at the second try if need be", async () => {
  await using stage = new MemoryStage();
  const clock = hurriedClock();
  const bo = await stage.start("bo");
  const deliveryService = failing(3, stage.deliveryService);
  const phone = await stage.start("alix", { clock });
  const [lively, denied, silent] = [
    await phone.client.conversations.newGroup([bo.client.inboxId]),
    await phone.client.conversations.newGroup([bo.client.inboxId]),
    await phone.client.conversations.newGroup([bo.client.inboxId]),
  ];
  await denied.updateConsentState("denied");
  const row = await phone.store.history.conversation(silent.id);
  if (!row) throw new TypeError("expected the conversation in the store");
  const longAgo = { ...row, createdAtNs: 1n, lastMessageNs: 2n };
  await phone.store.history.put({ groups: [longAgo] });
  await phone.client.settled();
  await stage.stop(phone);

  await stage.start("alix", { clock, deliveryService });
  const laptop = await stage.start("alix-laptop", { user: "alix", clock });
  const news = laptop.client.conversations.updates();
  expect(await nextOf(news)).toMatchObject({
    type: "new",
    conversation: { id: lively.id },
  });
  const ids = (await laptop.client.conversations.list()).map(({ id }) => id);
  expect(ids).toEqual([lively.id]);
});
