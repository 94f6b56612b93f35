// A process with the installation that asks for the history; prints what it measured as JSON.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@history-sync/client";
import { createClient } from "@history-sync/client";
import { openSqliteStore } from "@history-sync/store/sqlite";
import {
  type ResponderDone,
  type ResponderOptions,
  type ResponderReady,
  screenful,
  type ToResponder,
} from "./talk.ts";
import { Times } from "./times.ts";
import { wallet } from "./wallet.ts";

/** Milliseconds. */
export interface SyncTimes {
  /** From the request to the first conversation that can be read: its newest messages are there. */
  readonly firstUsableMs: number;
  /** From the request until everything is there. */
  readonly endMs: number;
  readonly phases: {
    /** Until the responder begins. */
    readonly acknowledge: number;
    /** Until the last byte is sealed; most of them are uploaded by then. */
    readonly exportAndSeal: number;
    /** The time that the rest of the upload takes. */
    readonly upload: number;
    /** Until the requester has the reply. */
    readonly reply: number;
    readonly downloadAndImport: number;
  };
  readonly archiveBytes: number;
}

const argument = process.argv[2] ?? "";
const { folder }: ResponderOptions = JSON.parse(argument);
const times = new Times<"requested" | "importing" | "usable" | "imported">();
const responder = fork(
  fileURLToPath(new URL("responder.ts", import.meta.url)),
  [argument],
);
const ready = await heard<ResponderReady>(responder);
const store = openSqliteStore(join(folder, "requester.db"));
const client = await createClient({
  signer: wallet,
  store,
  nodeUrl: ready.nodeUrl,
  historySyncUrl: ready.serverUrl,
});
const synced = followed(client);
tell("look");
await synced;
const { messages } = await store.history.counts();
if (messages !== ready.messages) {
  throw new RangeError(`expected ${ready.messages} messages, got ${messages}`);
}
await client.settled();
const done = heard<ResponderDone>(responder);
tell("done");
process.stdout.write(JSON.stringify(timesOf(await done)));
await client.close();
store.close();

function tell(word: ToResponder): void {
  responder.send(word);
}

async function heard<Words>(from: ChildProcess): Promise<Words> {
  const [words] = await once(from, "message");
  return words;
}

async function followed(from: Client): Promise<void> {
  for await (const update of from.history.updates()) {
    if (update.type === "progress" && update.elements > 0) await look(from);
    if (update.type !== "stage") continue;
    const { name } = update.request.stage;
    if (name === "requested" || name === "importing") times.note(name);
    if (name !== "imported") continue;
    times.note(name);
    return look(from);
  }
}

/** Notes the time when the user sees the newest messages. */
async function look(from: Client): Promise<void> {
  if (times.has("usable")) return;
  const conversation = await from.conversations.getConversationById(
    ready.conversation,
  );
  const seen = await conversation?.messages({ limit: screenful });
  const isThere = ready.newest.every((id, i) => seen?.[i]?.id === id);
  if (isThere) times.note("usable");
}

function timesOf({
  preparingMs,
  sealedMs,
  uploadedMs,
  archiveBytes,
}: ResponderDone): SyncTimes {
  const requestedMs = times.at("requested");
  const importingMs = times.at("importing");
  return {
    firstUsableMs: Math.round(times.at("usable") - requestedMs),
    endMs: Math.round(times.at("imported") - requestedMs),
    phases: {
      acknowledge: Math.round(preparingMs - requestedMs),
      exportAndSeal: Math.round(sealedMs - preparingMs),
      upload: Math.round(uploadedMs - sealedMs),
      reply: Math.round(importingMs - uploadedMs),
      downloadAndImport: Math.round(times.at("imported") - importingMs),
    },
    archiveBytes,
  };
}
