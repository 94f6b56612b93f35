import { historyServerClient } from "@history-sync/history-client";
import { readAll, streamOf } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { base, freshServer } from "./support/fresh-server.js";

const archive = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);

/** An archive on a server in memory; `edit` changes what is asked of it. */
async function stored(edit: (headers: Headers) => void = () => {}) {
  const server = freshServer();
  const asked: (string | null)[] = [];
  const client = historyServerClient({
    fetch: async (input, init) => {
      const request = new Request(input, init);
      asked.push(request.headers.get("range"));
      const headers = new Headers(request.headers);
      edit(headers);
      return server.handle(new Request(request, { headers }));
    },
    retries: 0,
  });
  const url = await client.upload(base, streamOf([archive]));
  return { ...client, url, asked };
}

test("a download starts at the offset that is asked for", async () => {
  const { download, url, asked } = await stored();
  const rest = await readAll(await download(url, { offset: 400 }));
  expect(rest).toEqual(archive.subarray(400));
  expect(asked.at(-1)).toBe("bytes=400-");
});

test("of a server that sends the whole anyway, the start is left out", async () => {
  const { download, url } = await stored((headers) => headers.delete("range"));
  for (const offset of [1, 400, 999]) {
    const rest = await readAll(await download(url, { offset }));
    expect(rest).toEqual(archive.subarray(offset));
  }
});

test("another part than was asked for is refused", async () => {
  const { download, url } = await stored((headers) => {
    if (headers.has("range")) headers.set("range", "bytes=300-");
  });
  await expect(download(url, { offset: 400 })).rejects.toMatchObject({
    code: "bad-answer",
  });
});

test("an offset behind the end is refused for good", async () => {
  const { download, url } = await stored();
  await expect(download(url, { offset: 5000 })).rejects.toMatchObject({
    code: "rejected",
    retryable: false,
  });
});
