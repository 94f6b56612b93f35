import {
  groupIdOf,
  installationIdOf,
  systemRandomBytes,
} from "@history-sync/primitives";
import { describe, expect, test } from "vitest";
import type {
  Delivered,
  DeliveryService,
  OutgoingWelcome,
  Topic,
} from "../ports/delivery-service.js";

/** The bytes that the contract tests send. */
export interface DeliveryServiceContractOptions {
  /**
   * Returns bytes that the service accepts as the `n`th message of a group, a key package or a Welcome. A service
   * that reads them needs real ones. Default: a few bytes.
   */
  readonly message?: (topic: Topic, n: number) => Uint8Array;
  readonly keyPackage?: () => Uint8Array;
}

/** Declares the tests that every DeliveryService must pass. `open` returns one, which other tests may share. */
export function deliveryServiceContract(
  name: string,
  open: () => Promise<DeliveryService>,
  options: DeliveryServiceContractOptions = {},
): void {
  const message =
    options.message ?? ((_topic, n) => Uint8Array.of(1, n >> 8, n & 0xff));

  describe(`DeliveryService: ${name}`, () => {
    test("a group's messages come in order, after an exclusive cursor", async () => {
      const service = await open();
      const topic = newGroup();
      for (let n = 0; n < 3; n++) await send(service, topic, n);
      const { entries, more } = await service.query(topic, 0n);
      expect(entries.map(({ data }) => data)).toEqual(
        [0, 1, 2].map((n) => message(topic, n)),
      );
      expect(more).toBe(false);
      expect(entries.every((entry) => entry.createdAtNs > 0n)).toBe(true);
      expect(isAscending(entries)).toBe(true);
      const rest = await service.query(topic, entries[0]?.id ?? 0n);
      expect(rest.entries).toEqual(entries.slice(1));
      const none = await service.query(topic, entries[2]?.id ?? 0n);
      expect(none.entries).toEqual([]);
    });

    test("an empty topic is no error", async () => {
      const service = await open();
      expect((await service.query(newGroup(), 0n)).entries).toEqual([]);
      expect((await service.query(newInstallation(), 0n)).entries).toEqual([]);
    });

    test("many entries come in pages", async () => {
      const service = await open();
      const topic = newGroup();
      const count = 230;
      for (let n = 0; n < count; n++) await send(service, topic, n);
      const all: Delivered[] = [];
      let more = true;
      while (more) {
        const page = await service.query(topic, all.at(-1)?.id ?? 0n);
        all.push(...page.entries);
        more = page.more;
      }
      expect(all.map(({ data }) => data)).toEqual(
        Array.from({ length: count }, (_, n) => message(topic, n)),
      );
      expect(isAscending(all)).toBe(true);
    });

    test("the same bytes again change nothing", async () => {
      const service = await open();
      const topic = newGroup();
      await send(service, topic, 0);
      await send(service, topic, 0);
      await send(service, topic, 1);
      expect((await service.query(topic, 0n)).entries).toHaveLength(2);
    });

    test("topics keep apart", async () => {
      const service = await open();
      const [one, other] = [newGroup(), newGroup()];
      await send(service, one, 0);
      expect((await service.query(other, 0n)).entries).toEqual([]);
    });

    test("a Welcome comes with its header unchanged", async () => {
      const service = await open();
      const topic = newInstallation();
      const sent = welcome(topic);
      await service.sendWelcomes([sent]);
      const { entries } = await service.query(topic, 0n);
      const { hpkePublicKey, wrapperAlgorithm, metadata } = sent;
      expect(entries).toMatchObject([
        {
          topic,
          data: sent.data,
          welcome: { hpkePublicKey, wrapperAlgorithm, metadata },
        },
      ]);
    });

    test("key packages come in the requested order, the newest of each", async () => {
      const service = await open();
      const keyPackage = options.keyPackage ?? (() => systemRandomBytes(40));
      const [known, unknown] = [newInstallation(), newInstallation()];
      const [older, newer] = [keyPackage(), keyPackage()];
      await service.uploadKeyPackage(known.installationId, older);
      await service.uploadKeyPackage(known.installationId, newer);
      const ids = [unknown.installationId, known.installationId];
      expect(await service.fetchKeyPackages(ids)).toEqual([undefined, newer]);
    });

    test("a subscription returns the present entries, then new ones, of each topic", async () => {
      const service = await open();
      const [group, inbox] = [newGroup(), newInstallation()];
      await send(service, group, 0);
      await send(service, group, 1);
      const [first] = (await service.query(group, 0n)).entries;
      const stop = new AbortController();
      const stream = service
        .subscribe(
          [
            { topic: group, afterId: first?.id ?? 0n },
            { topic: inbox, afterId: 0n },
          ],
          stop.signal,
        )
        [Symbol.asyncIterator]();
      expect((await stream.next()).value?.data).toEqual(message(group, 1));
      const next = stream.next();
      await service.sendWelcomes([welcome(inbox)]);
      expect((await next).value?.topic).toEqual(inbox);
      await send(service, group, 2);
      expect((await stream.next()).value?.data).toEqual(message(group, 2));
      const last = stream.next();
      stop.abort();
      expect((await last).done).toBe(true);
    });

    test("an aborted call does nothing", async () => {
      const service = await open();
      const topic = newGroup();
      const signal = AbortSignal.abort();
      await expect(
        service.sendGroupMessage(topic.groupId, message(topic, 0), { signal }),
      ).rejects.toThrow();
      expect((await service.query(topic, 0n)).entries).toEqual([]);
    });
  });

  async function send(
    service: DeliveryService,
    topic: GroupTopic,
    n: number,
  ): Promise<void> {
    await service.sendGroupMessage(topic.groupId, message(topic, n));
  }

  function welcome(topic: WelcomeTopic): OutgoingWelcome {
    return {
      installationId: topic.installationId,
      data: message(topic, 0),
      hpkePublicKey: systemRandomBytes(32),
      wrapperAlgorithm: 1,
      metadata: Uint8Array.of(8, 2),
    };
  }
}

type GroupTopic = Extract<Topic, { kind: "group" }>;
type WelcomeTopic = Extract<Topic, { kind: "welcomes" }>;

function newGroup(): GroupTopic {
  return { kind: "group", groupId: groupIdOf(systemRandomBytes(16)) };
}

function newInstallation(): WelcomeTopic {
  const installationId = installationIdOf(systemRandomBytes(32));
  return { kind: "welcomes", installationId };
}

function isAscending(entries: readonly Delivered[]): boolean {
  return entries.every(({ id }, i) => id > (entries[i - 1]?.id ?? 0n));
}
