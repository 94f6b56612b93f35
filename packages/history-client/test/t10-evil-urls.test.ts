import { streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { HistoryClientError, historyServerClient } from "../src/index.js";

const id = "0123456789abcdef0123456789abcdef";
const origins = ["https://history.example.org", "http://127.0.0.1:5558"];

function watchedClient(allowed: readonly string[] | undefined) {
  const fetched: string[] = [];
  const client = historyServerClient({
    ...(allowed && { origins: allowed }),
    fetch: async (input) => {
      fetched.push(String(input));
      return new Response(id);
    },
  });
  return { ...client, fetched };
}

const evilForAll = [
  "",
  "history.example.org",
  "//history.example.org",
  "/etc/passwd",
  "javascript:alert(1)",
  "data:text/plain,archive",
  "file:///etc/passwd",
  "blob:https://history.example.org/1",
  "ftp://history.example.org",
  "ws://127.0.0.1:5558",
  "http://history.example.org",
  "http://192.168.1.1",
  "http://10.0.0.1:5558",
  "http://169.254.169.254",
  "http://[fe80::1]",
  "http://0.0.0.0:5558",
  "http://127.0.0.1.evil.example",
  "http://localhost.evil.example",
  "https://user@history.example.org",
  "https://user:password@history.example.org",
  "https://history.example.org@evil.example",
  "https://history.example.org\\@evil.example",
  "https:\\\\history.example.org",
  "https://history.example.org\t",
  "https://history.ex\nample.org",
  " https://history.example.org",
  "https://history.example.org?key=00",
  "https://history.example.org?",
  "https://history.example.org#key",
  "https://history.example.org#",
  "https://history.example.org:99999",
  `https://history.example.org/${"a".repeat(3000)}`,
  "https://hist\u00f6ry.example.org",
];

const evilForTheList = [
  "https://evil.example",
  "https://history.example.org.evil.example",
  "https://sub.history.example.org",
  "https://history.example.org:8443",
  "https://history.example.org.",
  "https://192.168.1.1",
  "https://127.0.0.1:5558",
  "http://127.0.0.1:22",
  "http://localhost:5558",
  "http://[::1]:5558",
];

const evilPaths = [
  "",
  "/",
  "/files",
  "/files/",
  "/files/short",
  `/files/${id}/`,
  `/files/${id}/..`,
  `/files/${id}%20`,
  `/files/%2e%2e/${id}`,
  `/files/..%2f${id}`,
  `/files/${id};a=b`,
  `/fi%6ces/${id}`,
  `/a b/files/${id}`,
  `//files/${id}`,
  `/admin/delete/${id}`,
  `/files/${"a".repeat(129)}`,
];

async function expectRefused(work: Promise<unknown>, what: string) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, what).toBeInstanceOf(HistoryClientError);
  expect(error, what).toMatchObject({ code: "refused-url", retryable: false });
  expect(String(error)).not.toContain(id);
}

test("t10: evil addresses are refused unfetched, whatever the list", async () => {
  for (const allowed of [undefined, origins]) {
    const { upload, download, fetched } = watchedClient(allowed);
    for (const evil of evilForAll) {
      await expectRefused(upload(evil, streamOf([])), evil);
      await expectRefused(download(`${evil}/files/${id}`), evil);
    }
    expect(fetched).toEqual([]);
  }
});

test("t10: other origins than the listed ones are refused unfetched", async () => {
  const { upload, download, fetched } = watchedClient(origins);
  for (const evil of evilForTheList) {
    await expectRefused(upload(evil, streamOf([])), evil);
    await expectRefused(download(`${evil}/files/${id}`), evil);
  }
  expect(fetched).toEqual([]);
});

test("t10: a download needs /files/ and an id of the strict form", async () => {
  const { download, fetched } = watchedClient(origins);
  for (const path of evilPaths) {
    await expectRefused(download(origins[0] + path), path);
  }
  expect(fetched).toEqual([]);
});

test("t10: a refused upload cancels its body", async () => {
  const { upload } = watchedClient(origins);
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled = true;
    },
  });
  await expectRefused(upload("https://evil.example", body), "upload");
  expect(cancelled).toBe(true);
});

test("listed origins, https and loopback are taken", async () => {
  const listed = watchedClient(origins);
  const any = watchedClient(undefined);
  for (const server of origins) {
    await listed.download(`${server}/files/${id}`);
  }
  for (const server of [
    "https://other.example/base",
    "http://localhost:5558",
    "http://127.1.2.3",
    "http://[::1]:5558",
  ]) {
    await any.download(`${server}/files/${id}`);
    expect(any.fetched.at(-1)).toBe(`${server}/files/${id}`);
  }
  await listed.download(`HTTPS://History.Example.org:443/a/../files/${id}`);
  expect(listed.fetched.at(-1)).toBe(`https://history.example.org/files/${id}`);
});

test("a list entry that is no bare origin is refused at once", () => {
  for (const entry of [
    "",
    "history.example.org",
    "https://a.example/path",
    "data:,x",
    "*",
  ]) {
    expect(() => historyServerClient({ origins: [entry] })).toThrow(
      "invalid-setting",
    );
  }
});
