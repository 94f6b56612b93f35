// A process with a node, a history server, and the installation that has the history.

import { on } from "node:events";
import { join } from "node:path";
import { createClient } from "@history-sync/client";
import { historyServerClient } from "@history-sync/history-client";
import { serve } from "@history-sync/history-server/node";
import { groupIdOf, toHex } from "@history-sync/primitives";
import type { HistoryStore, Store } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";
import type { HistoryServer } from "@history-sync/sync-worker";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { serveNode } from "@history-sync/xmtp-node/node";
import {
  type ResponderDone,
  type ResponderOptions,
  type ResponderReady,
  screenful,
  type ToResponder,
} from "./talk.ts";
import { Times } from "./times.ts";
import { wallet } from "./wallet.ts";

const { folder, format }: ResponderOptions = JSON.parse(process.argv[2] ?? "");
const times = new Times<"preparing" | "sealed" | "uploaded">();
let archiveBytes = 0;

const host = "127.0.0.1";
const server = await serve({ host, port: 0, folder: join(folder, "blobs") });
const node = await serveNode({ storage: new MemoryNodeStorage(), port: 0 });
const store = openSqliteStore(join(folder, "responder.db"));
const client = await createClient({
  signer: wallet,
  store: format === "paged-v1" ? store : askedAsByLibxmtp(store),
  nodeUrl: node.url,
  historySyncUrl: server.url,
  historyServer: noted(historyServerClient({ origins: [server.url] })),
});
void noteStages();
const told = on(process, "message");
say({
  nodeUrl: node.url,
  serverUrl: server.url,
  messages: (await store.history.counts()).messages,
  ...(await newestOf(store.history)),
});

for await (const [word] of told) {
  if ((word as ToResponder) === "done") break;
  await client.syncAllDeviceSyncGroups();
}
const done: ResponderDone = {
  preparingMs: times.at("preparing"),
  sealedMs: times.at("sealed"),
  uploadedMs: times.at("uploaded"),
  archiveBytes,
};
say(done);
await client.close();
store.close();
await node.close();
await server.close();
process.disconnect();

function say(words: ResponderReady | ResponderDone): void {
  process.send?.(words);
}

async function noteStages(): Promise<void> {
  for await (const update of client.history.updates()) {
    if (update.type !== "stage") continue;
    const { name } = update.request.stage;
    if (name === "preparing" || name === "uploaded") times.note(name);
  }
}

/** Notes when the last byte was sealed: some of them are uploaded by then. */
function noted(historyServer: HistoryServer): HistoryServer {
  const note = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        archiveBytes += chunk.length;
        controller.enqueue(chunk);
      },
      flush: () => times.note("sealed"),
    });
  return {
    ...historyServer,
    upload: (url, body, options) =>
      historyServer.upload(url, body.pipeThrough(note()), options),
  };
}

/**
 * Every request counts as one of libxmtp, which doesn't say that it reads pages. The worker continues with the object
 * that it stores.
 */
function askedAsByLibxmtp({ requests, ...rest }: Store): Store {
  const put: typeof requests.put = (request) =>
    requests.put(Object.assign(request, { format: "xmtp-v0" }));
  return {
    ...rest,
    requests: new Proxy(requests, {
      get(target, name) {
        if (name === "put") return put;
        const member = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    }),
  };
}

async function newestOf(
  history: HistoryStore,
): Promise<Pick<ResponderReady, "conversation" | "newest">> {
  let found = { conversation: "", newest: [""], sentAtNs: -1n };
  for (const { id } of await history.conversations()) {
    const conversation = groupIdOf(id);
    const page = await history.messages(conversation, { limit: screenful });
    const sentAtNs = page[0]?.sentAtNs ?? -1n;
    const newest = page.map(({ id }) => toHex(id));
    if (sentAtNs > found.sentAtNs) found = { conversation, newest, sentAtNs };
  }
  const { conversation, newest } = found;
  return { conversation, newest };
}
