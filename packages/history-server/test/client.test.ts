import {
  HistoryClientError,
  type HistoryServerClient,
  type HistoryServerClientOptions,
  historyServerClient,
} from "@history-sync/history-client";
import { readAll, streamOf } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import { describe, expect, test } from "vitest";
import { base, freshServer } from "./support/fresh-server.js";

const archive = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
const id = "0123456789abcdef0123456789abcdef";
const uuid = "3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b";

/** A client with a function of the request as fetch. */
function clientOf(
  answer: (request: Request) => Response | Promise<Response>,
  options: HistoryServerClientOptions = {},
) {
  const requests: Request[] = [];
  const client = historyServerClient({
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      return await answer(request);
    },
    ...options,
  });
  return { ...client, requests };
}

function neverFetch(): never {
  throw new HistoryClientError("bad-answer", "must not be fetched");
}

/** A body that remembers whether it was cancelled. */
function watchedBody(chunk: Uint8Array = archive) {
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { body, state };
}

async function failureOf(work: Promise<unknown>): Promise<HistoryClientError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HistoryClientError);
  return error as HistoryClientError;
}

for (const streamUploads of [true, false]) {
  describe(`with streamUploads ${streamUploads}`, () => {
    test("an uploaded blob is downloaded from its address", async () => {
      const { handle } = freshServer();
      const progress: number[] = [];
      const client = clientOf(handle, { streamUploads });
      const body = streamOf([
        archive.subarray(0, 400),
        new Uint8Array(),
        archive.subarray(400),
      ]);
      const url = await client.upload(`${base}/`, body, {
        onProgress: (bytes) => progress.push(bytes),
      });
      expect(url).toMatch(
        /^https:\/\/history\.example\.org\/files\/[0-9a-f]{32}$/,
      );
      expect(progress).toEqual([1000]);
      expect(await readAll(await client.download(url))).toEqual(archive);
      for (const request of client.requests) {
        expect(request.credentials).toBe("omit");
        expect(request.referrerPolicy).toBe("no-referrer");
        expect(request.redirect).not.toBe("follow");
      }
    });

    test("a body that fails throws its own error", async () => {
      const { handle } = freshServer();
      const { upload } = clientOf(handle, { streamUploads });
      const own = new TypeError("the encoder failed");
      const body = streamOf(
        (function* () {
          yield archive;
          throw own;
        })(),
      );
      await expect(upload(base, body)).rejects.toBe(own);
    });

    test("a body over the limit is refused and cancelled", async () => {
      const { handle } = freshServer();
      const { upload } = clientOf(handle, { streamUploads, maxBytes: 2500 });
      const { body, state } = watchedBody();
      const failure = await failureOf(upload(base, body));
      expect(failure.code).toBe("blob-too-large");
      expect(failure.retryable).toBe(false);
      expect(state.cancelled).toBe(true);
    });
  });
}

test("XMTP's UUIDs and a path before /files are taken", async () => {
  const { upload, download } = clientOf(({ url, method }) =>
    method === "POST" && url === `${base}/some/where/upload`
      ? new Response(uuid)
      : new Response(archive),
  );
  const url = await upload(`${base}/some/where`, streamOf([archive]));
  expect(url).toBe(`${base}/some/where/files/${uuid}`);
  expect(await readAll(await download(url))).toEqual(archive);
});

test("statuses become codes, and retryable where a later try can help", async () => {
  const table = [
    [302, "redirected", false],
    [307, "redirected", false],
    [400, "rejected", false],
    [401, "unauthorized", false],
    [403, "unauthorized", false],
    [404, "not-found", false],
    [410, "not-found", false],
    [413, "blob-too-large", false],
    [408, "unavailable", true],
    [429, "unavailable", true],
    [500, "unavailable", true],
    [503, "unavailable", true],
    [507, "unavailable", true],
  ] as const;
  for (const [status, code, retryable] of table) {
    const { upload, download } = clientOf(() => new Response(null, { status }));
    for (const work of [
      () => upload(base, streamOf([archive])),
      () => download(`${base}/files/${id}`),
    ]) {
      expect(await failureOf(work())).toMatchObject({ code, retryable });
    }
  }
});

test("no connection is unreachable and can be retried", async () => {
  const { upload, download } = clientOf(
    () => Promise.reject(new TypeError("Failed to fetch")),
    { streamUploads: true },
  );
  const { body, state } = watchedBody();
  for (const work of [
    () => upload(base, body),
    () => download(`${base}/files/${id}`),
  ]) {
    expect(await failureOf(work())).toMatchObject({
      code: "unreachable",
      retryable: true,
    });
  }
  expect(state.cancelled).toBe(true);
});

test("t10: an answer to an upload that is no id is refused", async () => {
  for (const answer of [
    "",
    "short",
    `${id}\n`,
    ` ${id}`,
    `../${id}`,
    `${id}?key=1`,
    `https://evil.example/files/${id}`,
    "<html>it works</html>",
    "x".repeat(129),
    "x".repeat(1_000_000),
  ]) {
    const { upload } = clientOf(() => new Response(answer));
    const failure = await failureOf(upload(base, streamOf([archive])));
    expect(failure.code, answer.slice(0, 40)).toBe("bad-answer");
    expect(failure.retryable).toBe(false);
  }
});

test("t10: only the whole blob is an answer to a download", async () => {
  for (const status of [204, 205]) {
    const { download } = clientOf(() => new Response(null, { status }));
    const failure = await failureOf(download(`${base}/files/${id}`));
    expect(failure.code).toBe("rejected");
  }
  const partial = clientOf(() => new Response(archive, { status: 206 }));
  expect((await failureOf(partial.download(`${base}/files/${id}`))).code).toBe(
    "rejected",
  );
});

test("t11: a download over the limit ends, by its length or by its bytes", async () => {
  const url = `${base}/files/${id}`;
  const declared = clientOf(
    () => new Response(archive, { headers: { "content-length": "1000" } }),
    { maxBytes: 999 },
  );
  expect((await failureOf(declared.download(url))).code).toBe("blob-too-large");

  const { body, state } = watchedBody();
  const endless = clientOf(
    () => new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>),
    { maxBytes: 10_500 },
  );
  const failure = await failureOf(readAll(await endless.download(url)));
  expect(failure.code).toBe("blob-too-large");
  expect(state.cancelled).toBe(true);
});

test("a download that breaks is unreachable and can be retried", async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(archive),
    pull: () => Promise.reject(new TypeError("terminated")),
  });
  const { download } = clientOf(() => new Response(broken));
  const stream = await download(`${base}/files/${id}`);
  expect(await failureOf(readAll(stream))).toMatchObject({
    code: "unreachable",
    retryable: true,
  });
});

describe("deadlines", () => {
  const never = () => new Promise<Response>(() => {});
  const url = `${base}/files/${id}`;

  test("a server that never answers", async () => {
    const clock = new ManualClock();
    const options = { clock, requestTimeoutMs: 1000 };
    for (const work of [
      (client: HistoryServerClient) => client.upload(base, streamOf([archive])),
      (client: HistoryServerClient) => client.download(url),
    ]) {
      let asked = () => {};
      const isAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const answer = () => {
        asked();
        return never();
      };
      const failing = failureOf(work(clientOf(answer, options)));
      await isAsked;
      // An upload as a Blob has some ms more.
      clock.advance(1100);
      expect(await failing).toMatchObject({
        code: "deadline",
        retryable: true,
      });
    }
  });

  test("a server that stops in the middle of a blob", async () => {
    const clock = new ManualClock();
    const options = { clock, requestTimeoutMs: 1000 };
    let asked = () => {};
    const askedAgain = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let pulls = 0;
    const stuck = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: (controller) => {
          if (pulls++ === 0) controller.enqueue(archive);
          else asked();
        },
      },
      { highWaterMark: 0 },
    );
    const { download } = clientOf(() => new Response(stuck), options);
    const reader = (await download(url)).getReader();
    expect((await reader.read()).value).toEqual(archive);
    clock.advance(5000); // it is the reader who takes so long
    const failing = failureOf(reader.read());
    await askedAgain;
    clock.advance(1000);
    expect((await failing).code).toBe("deadline");
  });

  test("a server that drips for ever", async () => {
    const clock = new ManualClock();
    const options = { clock, requestTimeoutMs: 1000, transferTimeoutMs: 5000 };
    const { body } = watchedBody(Uint8Array.of(1));
    const dripping = body as ReadableStream<Uint8Array<ArrayBuffer>>;
    const { download } = clientOf(() => new Response(dripping), options);
    const reader = (await download(url)).getReader();
    const drip = async () => {
      while (true) {
        await reader.read();
        clock.advance(999);
      }
    };
    expect((await failureOf(drip())).code).toBe("deadline");
  });

  test("the time of a slow body is not the server's", async () => {
    const clock = new ManualClock();
    const { handle } = freshServer();
    const { upload } = clientOf(handle, { clock, requestTimeoutMs: 1000 });
    const body = streamOf(
      (async function* () {
        for (let i = 0; i < 5; i++) {
          clock.advance(5000);
          yield archive;
        }
      })(),
    );
    expect(await upload(base, body)).toMatch(/\/files\//);
  });
});

test("an abort throws its reason: before, during and after the answer", async () => {
  const reason = new TypeError("enough");
  const url = `${base}/files/${id}`;
  const early = clientOf(neverFetch);
  const signal = AbortSignal.abort(reason);
  const { body, state } = watchedBody();
  await expect(early.upload(base, body, { signal })).rejects.toBe(reason);
  await expect(early.download(url, { signal })).rejects.toBe(reason);
  expect(early.requests).toEqual([]);
  expect(state.cancelled).toBe(true);

  const abort = new AbortController();
  const waiting = clientOf(() => new Promise<Response>(() => {}));
  const working = [
    waiting.upload(base, streamOf([archive]), { signal: abort.signal }),
    waiting.download(url, { signal: abort.signal }),
  ].map((work) => expect(work).rejects.toBe(reason));
  abort.abort(reason);
  await Promise.all(working);

  const late = new AbortController();
  const source = watchedBody();
  const answered = clientOf(
    () => new Response(source.body as ReadableStream<Uint8Array<ArrayBuffer>>),
  );
  const stream = await answered.download(url, { signal: late.signal });
  const reader = stream.getReader();
  await reader.read();
  late.abort(reason);
  await expect(reader.read()).rejects.toBe(reason);
  expect(source.state.cancelled).toBe(true);
});

test("the client is what a sync worker calls", async () => {
  interface HistoryServer {
    upload(
      serverUrl: string,
      body: ReadableStream<Uint8Array>,
      options?: { signal?: AbortSignal },
    ): Promise<string>;
    download(
      url: string,
      options?: { signal?: AbortSignal },
    ): Promise<ReadableStream<Uint8Array>>;
  }
  const { handle } = freshServer();
  const port: HistoryServer = clientOf(handle);
  const url = await port.upload(base, streamOf([archive]), {});
  expect(await readAll(await port.download(url))).toEqual(archive);
});

test("cancelling a download cancels the answer", async () => {
  const { body, state } = watchedBody();
  const { download } = clientOf(
    () => new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>),
  );
  await (await download(`${base}/files/${id}`)).cancel();
  expect(state.cancelled).toBe(true);
});

test("in a browser a body goes whole to a server that doesn't let pages ask for tus", async () => {
  const { handle } = freshServer();
  const refusing = (request: Request) => {
    const { pathname } = new URL(request.url);
    // A browser tells no more of a refused preflight.
    if (pathname === "/tus") throw new TypeError("Failed to fetch");
    return handle(request);
  };
  const client = clientOf(refusing);
  const begun: string[] = [];
  const uploaded = client.upload(base, streamOf([archive]), {
    onBegin: async ({ url }) => void begun.push(url),
  });
  if ("document" in globalThis) {
    const url = await uploaded;
    expect(await readAll(await client.download(url))).toEqual(archive);
  } else {
    expect((await failureOf(uploaded)).code).toBe("unreachable");
  }
  expect(begun).toEqual([]);
});

test("a server that is away altogether is out of reach", async () => {
  const client = clientOf(() => {
    throw new TypeError("Failed to fetch");
  });
  const uploaded = client.upload(base, streamOf([archive]), {
    onBegin: async () => {},
  });
  expect((await failureOf(uploaded)).code).toBe("unreachable");
});
