import { setImmediate } from "node:timers/promises";
import { historyServerClient } from "@history-sync/history-client";
import type { HistoryServer } from "@history-sync/sync-worker";
import type { KillSwitch } from "./kill-switch.ts";

/** The history server over HTTP, with points in uploads, downloads and deletions. */
export function watchedHistoryServer(kill: KillSwitch): HistoryServer {
  const client = historyServerClient({ fetch: watchedFetch(kill) });
  return {
    async upload(server, body, options = {}) {
      kill.reached("before the upload");
      const url = await client.upload(server, passing(body, "sealed", kill), {
        ...options,
        onProgress: () => kill.reached("a piece is on the server"),
      });
      kill.reached("after the upload");
      return url;
    },
    async download(url, options) {
      kill.reached("before the download");
      const body = await client.download(url, options);
      return passing(body, "downloaded", kill);
    },
    async deleteBlob(url, token, options) {
      kill.reached("before deleting the archive");
      await client.deleteBlob(url, token, options);
      kill.reached("after deleting the archive");
    },
  };
}

/** Reaches a point with every chunk, and one after the last. */
function passing(
  body: ReadableStream<Uint8Array>,
  what: string,
  kill: KillSwitch,
): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        kill.reached(`while the archive is ${what}`);
        controller.enqueue(chunk);
      },
      flush: () => kill.reached(`when the archive is ${what}`),
    }),
  );
}

function watchedFetch(kill: KillSwitch): typeof fetch {
  return async (input, init) => {
    const method = init?.method ?? "GET";
    const answer = fetch(input, init);
    // A process that is killed meanwhile has no use for the answer.
    answer.catch(() => {});
    await setImmediate();
    kill.reached(`during a ${method}`);
    return answer;
  };
}
