import { type Client, Code, createClient } from "@connectrpc/connect";
import { systemRandomBytes } from "@history-sync/primitives";
import { MlsApi, SortDirection } from "@history-sync/proto/mls-api";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { beforeEach, describe, expect, test } from "vitest";
import { connectTo, startNode } from "./support/nodes.js";
import { TestInstallation } from "./support/test-installation.js";

let api: Client<typeof MlsApi>;
let groupId: Uint8Array;

beforeEach(async () => {
  const limits = { maxMessageBytes: 10_000, maxEntriesPerRequest: 20 };
  api = createClient(MlsApi, connectTo(await startNode({ limits })));
  groupId = systemRandomBytes(16);
});

describe("paging", () => {
  test("without a direction, the newest come first", async () => {
    await send(3);
    const { messages, pagingInfo } = await api.queryGroupMessages({ groupId });
    expect(messages.map(numberOf)).toEqual([2, 1, 0]);
    expect(pagingInfo?.idCursor).toBe(0n);
  });

  test("a full page says where to go on, and the one behind a full last page is empty", async () => {
    await send(4);
    const direction = SortDirection.ASCENDING;
    const first = await query({ direction, limit: 2 });
    expect(first.messages.map(numberOf)).toEqual([0, 1]);
    const idCursor = first.pagingInfo?.idCursor ?? 0n;
    expect(idCursor).toBe(idOf(first.messages[1]));
    const second = await query({ direction, limit: 2, idCursor });
    expect(second.messages.map(numberOf)).toEqual([2, 3]);
    const third = await query({
      direction,
      limit: 2,
      idCursor: second.pagingInfo?.idCursor ?? 0n,
    });
    expect(third.messages).toEqual([]);
    expect(third.pagingInfo?.idCursor).toBe(0n);
  });

  test("back from a cursor", async () => {
    await send(4);
    const direction = SortDirection.DESCENDING;
    const newest = await query({ direction, limit: 1 });
    expect(newest.messages.map(numberOf)).toEqual([3]);
    const idCursor = newest.pagingInfo?.idCursor ?? 0n;
    const older = await query({ direction, limit: 2, idCursor });
    expect(older.messages.map(numberOf)).toEqual([2, 1]);
  });

  test("a page has 100 entries at the most", async () => {
    for (let from = 0; from < 105; from += 15) await send(15, from);
    const page = await query({ limit: 1_000 });
    expect(page.messages).toHaveLength(100);
    const rest = await query({ idCursor: page.pagingInfo?.idCursor ?? 0n });
    expect(rest.messages).toHaveLength(5);
  });

  test("a cursor that no id can have is refused", async () => {
    await expect(query({ idCursor: 2n ** 63n })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});

describe("messages of a group", () => {
  test("come with their group, their kind, and what push servers need", async () => {
    const data = privateMessage(groupId, { contentType: 3 });
    const senderHmac = systemRandomBytes(32);
    const value = { data, senderHmac, shouldPush: true };
    await api.sendGroupMessages({
      messages: [{ version: { case: "v1", value } }],
    });
    const { messages } = await query({});
    expect(messages[0]?.version.value).toMatchObject({
      groupId,
      ...value,
      isCommit: true,
    });
  });

  test("of several groups, the newest of each is told without content unless asked for", async () => {
    await send(3);
    const groupIds = [systemRandomBytes(16), groupId];
    const { responses } = await api.getNewestGroupMessage({ groupIds });
    expect(responses[0]?.groupMessage).toBeUndefined();
    expect(responses[1]?.groupMessage?.version.value).toMatchObject({
      groupId,
      data: new Uint8Array(),
      isCommit: false,
    });
    const full = await api.getNewestGroupMessage({
      groupIds,
      includeContent: true,
    });
    expect(full.responses[1]?.groupMessage?.version.value?.data).toEqual(
      privateMessage(groupId, { n: 2 }),
    );
  });

  test.each<[string, Code, () => Promise<unknown>]>([
    ["no MLSMessage", Code.InvalidArgument, () => sendBytes(new Uint8Array(9))],
    ["nothing", Code.InvalidArgument, () => sendBytes(new Uint8Array())],
    [
      "no version",
      Code.InvalidArgument,
      () => api.sendGroupMessages({ messages: [{}] }),
    ],
    [
      "a message that is too large",
      Code.ResourceExhausted,
      () => sendBytes(privateMessage(groupId, { bytes: 20_000 })),
    ],
    ["too many messages", Code.ResourceExhausted, () => send(21)],
    [
      "a group id that is too long",
      Code.ResourceExhausted,
      () => api.queryGroupMessages({ groupId: new Uint8Array(256) }),
    ],
  ])("%s is refused", async (_, code, call) => {
    await expect(call()).rejects.toMatchObject({ code });
    expect((await query({})).messages).toEqual([]);
  });

  test("one that is refused takes those of its request with it", async () => {
    const messages = [privateMessage(groupId), new Uint8Array(3)].map(
      (data) => ({ version: { case: "v1", value: { data } } }) as const,
    );
    await expect(api.sendGroupMessages({ messages })).rejects.toThrow();
    expect((await query({})).messages).toEqual([]);
  });
});

describe("Welcomes", () => {
  const installationKey = systemRandomBytes(32);
  const data = systemRandomBytes(50);
  const hpkePublicKey = systemRandomBytes(32);

  test("and pointers to them come as they were sent", async () => {
    const welcome = {
      installationKey,
      data,
      hpkePublicKey,
      wrapperAlgorithm: 2,
      welcomeMetadata: Uint8Array.of(8, 2),
    };
    const pointer = {
      installationKey,
      welcomePointer: systemRandomBytes(80),
      hpkePublicKey,
      wrapperAlgorithm: 2,
    };
    const pointee = {
      installationKey,
      data,
      hpkePublicKey: new Uint8Array(),
      wrapperAlgorithm: 3,
    };
    await api.sendWelcomeMessages({
      messages: [
        { version: { case: "v1", value: welcome } },
        { version: { case: "welcomePointer", value: pointer } },
        { version: { case: "v1", value: pointee } },
        { version: { case: "v1", value: welcome } },
      ],
    });
    const { messages } = await api.queryWelcomeMessages({
      installationKey,
      pagingInfo: { direction: SortDirection.ASCENDING },
    });
    expect(messages.map(({ version }) => version)).toMatchObject([
      { case: "v1", value: welcome },
      { case: "welcomePointer", value: pointer },
      { case: "v1", value: pointee },
    ]);
  });

  test.each([
    [
      "without data",
      { installationKey, hpkePublicKey, data: new Uint8Array() },
    ],
    [
      "without a key",
      { installationKey, data, hpkePublicKey: new Uint8Array() },
    ],
    [
      "for nobody",
      { installationKey: new Uint8Array(31), data, hpkePublicKey },
    ],
  ])("%s are refused", async (_, value) => {
    const messages = [{ version: { case: "v1", value } } as const];
    await expect(api.sendWelcomeMessages({ messages })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});

describe("key packages", () => {
  test("come in the order asked for, the newest of each; an unknown one is empty", async () => {
    const [one, other] = [new TestInstallation(), new TestInstallation()];
    for (const installation of [one, other, one]) {
      await upload(installation.keyPackage());
    }
    const newest = one.keyPackage();
    await upload(newest);
    const { keyPackages } = await api.fetchKeyPackages({
      installationKeys: [new Uint8Array(32), one.key, one.key],
    });
    expect(keyPackages.map((found) => found.keyPackageTlsSerialized)).toEqual([
      new Uint8Array(),
      newest,
      newest,
    ]);
  });

  test("that don't verify are refused", async () => {
    const bytes = new TestInstallation().keyPackage();
    bytes[bytes.length - 1] = 1 ^ (bytes.at(-1) ?? 0);
    await expect(upload(bytes)).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  const upload = (keyPackageTlsSerialized: Uint8Array) =>
    api.uploadKeyPackage({
      keyPackage: { keyPackageTlsSerialized },
      isInboxIdCredential: true,
    });
});

describe("the commit log", () => {
  test("keeps what it is given, by group, in order", async () => {
    const signature = { bytes: systemRandomBytes(64) };
    const requests = [1, 2, 1].map((n) => ({
      groupId,
      serializedCommitLogEntry: Uint8Array.of(n),
      signature,
    }));
    await api.batchPublishCommitLog({ requests });
    const { responses } = await api.batchQueryCommitLog({
      requests: [{ groupId }, { groupId: systemRandomBytes(16) }],
    });
    expect(
      responses.map(({ commitLogEntries }) =>
        commitLogEntries.map((entry) => entry.serializedCommitLogEntry),
      ),
    ).toEqual([[Uint8Array.of(1), Uint8Array.of(2)], []]);
  });

  test("takes ten at a time, and none without a signature", async () => {
    const request = { groupId, serializedCommitLogEntry: Uint8Array.of(1) };
    await expect(
      api.batchPublishCommitLog({ requests: [request] }),
    ).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(
      api.batchPublishCommitLog({ requests: Array(11).fill(request) }),
    ).rejects.toMatchObject({ code: Code.ResourceExhausted });
  });
});

type Message = Awaited<
  ReturnType<typeof api.queryGroupMessages>
>["messages"][number];

function query(pagingInfo: {
  direction?: SortDirection;
  limit?: number;
  idCursor?: bigint;
}) {
  return api.queryGroupMessages({ groupId, pagingInfo });
}

async function send(count: number, from = 0): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => {
    const data = privateMessage(groupId, { n: from + i });
    return { version: { case: "v1", value: { data } } } as const;
  });
  await api.sendGroupMessages({ messages });
}

function sendBytes(data: Uint8Array) {
  const messages = [{ version: { case: "v1", value: { data } } } as const];
  return api.sendGroupMessages({ messages });
}

function idOf(message: Message | undefined): bigint {
  return message?.version.value?.id ?? 0n;
}

/** The number that the message was made with. */
function numberOf({ version }: Message): number {
  const data = version.value?.data ?? new Uint8Array();
  return new DataView(data.buffer, data.byteOffset).getUint32(data.length - 20);
}
