import type { Signer } from "@history-sync/identity";
import { privateKeySigner } from "@history-sync/identity/private-key";
import type { Store } from "@history-sync/store";
import type { SyncRequest } from "@history-sync/sync-worker";
import type { Client, ClientOptions, Conversation } from "../../src/index.js";

export interface Installation {
  readonly client: Client;
  readonly store: Store;
}

export interface StartOptions extends Partial<ClientOptions> {
  /** The owner of its wallet. */
  readonly user?: string;
}

/** Where installations live and meet. */
export interface Stage extends AsyncDisposable {
  /** Starts an installation; one of the same name lives in the same store. */
  start(name: string, options?: StartOptions): Promise<Installation>;
  /** Ends the installation's process; its store stays. */
  stop(installation: Installation): Promise<void>;
}

/** The wallet that a user of this name has in every test. */
export function walletOf(user: string): Signer {
  const key = new Uint8Array(32).fill(7);
  key.set(new TextEncoder().encode(user));
  return privateKeySigner(key);
}

/** The texts of a conversation, oldest first. */
export async function textsOf(
  conversation: Conversation,
): Promise<readonly unknown[]> {
  const messages = await conversation.messages();
  return messages.map(({ text }) => text).toReversed();
}

/** The conversation as another installation has it after a sync. */
export async function atOther(
  { client }: Installation,
  { id }: Pick<Conversation, "id">,
): Promise<Conversation> {
  await client.conversations.syncAll();
  const conversation = await client.conversations.getConversationById(id);
  if (!conversation) throw new TypeError("expected the conversation there too");
  return conversation;
}

/** The next item of a stream. */
export async function nextOf<Item>(
  stream: AsyncIterator<Item>,
): Promise<Item | undefined> {
  return (await stream.next()).value;
}

/** Resolves when a request of the client enters the stage. */
export function inStage(client: Client, name: string): Promise<void> {
  return hears(client, ({ stage }) => stage.name === name);
}

/** Resolves when a request of the client comes to be so. */
export async function hears(
  client: Client,
  isSo: (request: SyncRequest) => boolean,
): Promise<void> {
  for await (const update of client.history.updates()) {
    if (update.type === "stage" && isSo(update.request)) return;
  }
}
