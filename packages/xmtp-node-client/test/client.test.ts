import {
  Code,
  ConnectError,
  createRouterTransport,
  type ServiceImpl,
} from "@connectrpc/connect";
import { groupIdOf, installationIdOf } from "@history-sync/primitives";
import { MlsApi } from "@history-sync/proto/mls-api";
import { describe, expect, test } from "vitest";
import { NodeDeliveryService } from "../src/index.js";

const groupId = groupIdOf(Uint8Array.of(1, 2, 3));
const topic = { kind: "group", groupId } as const;
const installationId = installationIdOf(new Uint8Array(32).fill(7));
const data = Uint8Array.of(9);

/** A client of a node that does what the test says, with the waits that it made. */
function clientOf(node: Partial<ServiceImpl<typeof MlsApi>>) {
  const waits: number[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(MlsApi, node);
  });
  const clock = {
    nowMs: () => 0,
    sleep: async (ms: number) => void waits.push(ms),
  };
  return { client: new NodeDeliveryService(transport, { clock }), waits };
}

const message = (id: bigint) => ({
  version: {
    case: "v1" as const,
    value: { id, createdNs: 5n, groupId: Uint8Array.of(1, 2, 3), data },
  },
});

test("a message goes out with what push servers need, if there is anything", async () => {
  const sent: unknown[] = [];
  const { client } = clientOf({
    sendGroupMessages: ({ messages }) => {
      for (const { version } of messages) {
        if (version.case !== "v1") continue;
        const { senderHmac, shouldPush } = version.value;
        sent.push({ senderHmac, shouldPush });
      }
      return {};
    },
  });
  const marked = { senderHmac: Uint8Array.of(7, 8, 9), shouldPush: true };
  await client.sendGroupMessage(groupId, data, marked);
  await client.sendGroupMessage(groupId, data);
  const unmarked = { senderHmac: new Uint8Array(), shouldPush: false };
  expect(sent).toEqual([marked, unmarked]);
});

describe("a call that fails", () => {
  test("is made again after 50, 50, 150, 450 and 1,350 ms, then given up", async () => {
    let calls = 0;
    const { client, waits } = clientOf({
      sendGroupMessages: () => {
        calls++;
        throw new ConnectError("busy", Code.Unavailable);
      },
    });
    await expect(client.sendGroupMessage(groupId, data)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
    });
    expect(calls).toBe(6);
    expect(waits).toEqual([50, 50, 150, 450, 1350]);
  });

  test("that then succeeds returns the answer", async () => {
    let calls = 0;
    const { client } = clientOf({
      sendGroupMessages: () => {
        if (++calls < 3) throw new ConnectError("lost", Code.Unknown);
        return {};
      },
    });
    await client.sendGroupMessage(groupId, data);
    expect(calls).toBe(3);
  });

  test("for good is not made again", async () => {
    let calls = 0;
    const { client, waits } = clientOf({
      sendGroupMessages: () => {
        calls++;
        throw new ConnectError("no MLSMessage", Code.InvalidArgument);
      },
    });
    await expect(client.sendGroupMessage(groupId, data)).rejects.toMatchObject({
      code: "rejected",
      retryable: false,
      message: expect.stringContaining("no MLSMessage"),
    });
    expect([calls, waits]).toEqual([1, []]);
  });

  test("is not made again once the caller has given up", async () => {
    const stop = new AbortController();
    const { client } = clientOf({
      sendGroupMessages: () => {
        stop.abort(new TypeError("enough"));
        throw new ConnectError("busy", Code.Unavailable);
      },
    });
    await expect(
      client.sendGroupMessage(groupId, data, { signal: stop.signal }),
    ).rejects.toThrow("enough");
  });
});

describe("an answer that isn't the contract's", () => {
  test.each<[string, Partial<ServiceImpl<typeof MlsApi>>]>([
    ["no version", { queryGroupMessages: () => ({ messages: [{}] }) }],
    ["id 0", { queryGroupMessages: () => ({ messages: [message(0n)] }) }],
    [
      "an id that no store can hold",
      { queryGroupMessages: () => ({ messages: [message(2n ** 63n)] }) },
    ],
    [
      "a cursor that stands still",
      { queryGroupMessages: () => ({ pagingInfo: { idCursor: 4n } }) },
    ],
  ])("%s is found", async (_, node) => {
    const { client } = clientOf(node);
    await expect(client.query(topic, 4n)).rejects.toMatchObject({
      code: "bad-answer",
    });
  });

  test("fewer key packages than asked for is found", async () => {
    const { client } = clientOf({ fetchKeyPackages: () => ({}) });
    await expect(
      client.fetchKeyPackages([installationId]),
    ).rejects.toMatchObject({ code: "bad-answer" });
  });
});

test("key packages that are asked for twice are asked of the node once", async () => {
  const asked: number[] = [];
  const { client } = clientOf({
    fetchKeyPackages: ({ installationKeys }) => {
      asked.push(installationKeys.length);
      return {
        keyPackages: installationKeys.map(() => ({
          keyPackageTlsSerialized: data,
        })),
      };
    },
  });
  expect(
    await client.fetchKeyPackages([installationId, installationId]),
  ).toEqual([data, data]);
  expect(asked).toEqual([1]);
});

test("pages of nothing but pointers to Welcomes are passed over", async () => {
  const { client } = clientOf({
    queryWelcomeMessages: ({ pagingInfo }) =>
      pagingInfo?.idCursor === 0n
        ? {
            messages: [
              { version: { case: "welcomePointer", value: { id: 3n } } },
            ],
            pagingInfo: { idCursor: 3n },
          }
        : {
            messages: [
              {
                version: {
                  case: "v1",
                  value: {
                    id: 4n,
                    installationKey: new Uint8Array(32).fill(7),
                    data,
                  },
                },
              },
            ],
          },
  });
  const page = await client.query({ kind: "welcomes", installationId }, 0n);
  expect(page).toMatchObject({ entries: [{ id: 4n, data }], more: false });
});

describe("a stream", () => {
  test("goes on from where it broke, and tells nothing twice", async () => {
    const cursors: bigint[] = [];
    const { client, waits } = clientOf({
      async *subscribeGroupMessages({ filters }) {
        const cursor = filters[0]?.idCursor ?? 0n;
        cursors.push(cursor);
        // A node may give the last one again.
        if (cursor > 0n) yield message(cursor);
        yield message(cursor + 2n);
        if (cursors.length % 2) throw new ConnectError("", Code.Unavailable);
      },
    });
    const ids: bigint[] = [];
    const stop = new AbortController();
    for await (const entry of client.subscribe(
      [{ topic, afterId: 0n }],
      stop.signal,
    )) {
      ids.push(entry.id);
      if (ids.length === 4) break;
    }
    expect(ids).toEqual([2n, 4n, 6n, 8n]);
    expect(cursors).toEqual([0n, 2n, 4n, 6n]);
    expect(waits).toEqual([50, 50, 50]);
  });

  test("ends when it is refused for good", async () => {
    const { client } = clientOf({
      // biome-ignore lint/correctness/useYield: it is refused before it starts
      async *subscribeGroupMessages() {
        throw new ConnectError("too many filters", Code.InvalidArgument);
      },
    });
    const stream = client
      .subscribe([{ topic, afterId: 0n }], new AbortController().signal)
      [Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ code: "rejected" });
  });

  test("over an aborted signal has nothing", async () => {
    const { client } = clientOf({});
    const stream = client
      .subscribe([{ topic, afterId: 0n }], AbortSignal.abort())
      [Symbol.asyncIterator]();
    expect((await stream.next()).done).toBe(true);
  });
});

describe("Welcomes", () => {
  const mebibyte = 1024 * 1024;
  const welcome = (bytes: number) => ({
    installationId,
    data: new Uint8Array(bytes),
    hpkePublicKey: data,
    wrapperAlgorithm: 1,
    metadata: data,
  });

  test.each([
    { many: 120, bytes: 1, requests: [50, 50, 20] },
    { many: 3, bytes: 10 * mebibyte, requests: [2, 1] },
    { many: 1, bytes: 24 * mebibyte, requests: [1] },
  ])("$many of $bytes bytes go out in requests of $requests", async (row) => {
    const requests: number[] = [];
    const { client } = clientOf({
      sendWelcomeMessages: ({ messages }) => {
        requests.push(messages.length);
        return {};
      },
    });
    await client.sendWelcomes(
      Array.from({ length: row.many }, () => welcome(row.bytes)),
    );
    expect(requests).toEqual(row.requests);
  });
});
