import { create } from "@bufbuild/protobuf";
import { DeviceSyncRequestSchema } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { start, together, withHistory } from "./pair.js";
import { serverUrl, settle, World } from "./world.js";

const second = "https://second.example.org/history";

test.each([
  ["the own one", serverUrl, serverUrl],
  ["the own one with a slash", `${serverUrl}/`, serverUrl],
  ["another one of the list", second, second],
  ["an address of the local network", "http://192.168.0.1:5558", serverUrl],
  ["a cloud's metadata", "http://169.254.169.254/latest", serverUrl],
  ["another port", "http://127.0.0.1:22", serverUrl],
  ["another path", `${serverUrl}/elsewhere`, serverUrl],
  ["a path of a listed origin", "https://second.example.org", serverUrl],
  ["a longer host", "https://second.example.org.evil.example", serverUrl],
  ["a user name", "https://second.example.org@evil.example", serverUrl],
  ["another scheme", "file:///etc/passwd", serverUrl],
  ["a query", `${serverUrl}?to=evil`, serverUrl],
  ["line ends", `${serverUrl}\r\nhost: evil`, serverUrl],
  ["nothing", "", serverUrl],
])("T10: asked to upload to %s", async (_, asked, expected) => {
  await using world = new World();
  const alice = await withHistory(world, 1, { trustedServers: [second] });
  const phone = await start(world);
  await together(alice, phone);
  const value = create(DeviceSyncRequestSchema, {
    pin: "zBjzV",
    serverUrl: asked,
    options: { elements: [1, 2] },
  });
  await phone.syncGroups.send({ case: "request", value });
  await settle(alice);
  expect(world.server.servers).toEqual([expected]);
});

test("T14: a request with a field longer than any of ours is passed over", async () => {
  await using world = new World();
  const alice = await withHistory(world, 1);
  const phone = await start(world);
  await together(alice, phone);
  for (const wrong of [
    { pin: "p".repeat(257), serverUrl },
    { pin: "zBjzV", serverUrl: `${serverUrl}/${"x".repeat(2_048)}` },
    { pin: "zBjzV", serverUrl, options: { groupIds: [new Uint8Array()] } },
  ]) {
    const value = create(DeviceSyncRequestSchema, wrong);
    await phone.syncGroups.send({ case: "request", value });
  }
  const { pin } = await phone.worker.request();
  await settle(alice, phone);
  expect((await alice.worker.requests()).map((one) => one.pin)).toEqual([pin]);
});
