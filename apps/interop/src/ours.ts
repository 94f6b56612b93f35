import {
  type Client,
  type ConsentState,
  type Conversation,
  createClient,
} from "@history-sync/client";
import { privateKeySigner } from "@history-sync/identity/private-key";
import { fromHex } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";
import { openSqliteStore } from "@history-sync/store/sqlite";
import type { Member } from "./actor.ts";
import { newWalletKey } from "./wallet-key.ts";

interface Home {
  readonly nodeUrl: string;
  readonly historySyncUrl: string;
  readonly storePath: string;
  readonly walletKey: string;
}

/** One installation of ours, on SQLite. */
export class Ours {
  readonly #home: Home;
  #store: Store;
  #client: Client;
  #isOpen = true;

  private constructor(home: Home, store: Store, client: Client) {
    this.#home = home;
    this.#store = store;
    this.#client = client;
  }

  /** Registers a new installation of a new user, or of the user with the given wallet key. */
  static async register({
    walletKey = newWalletKey(),
    ...home
  }: Omit<Home, "walletKey"> & {
    readonly walletKey?: string;
  }): Promise<Ours> {
    const known = { ...home, walletKey };
    const { store, client } = await start(known);
    return new Ours(known, store, client);
  }

  get client(): Client {
    return this.#client;
  }

  get store(): Store {
    return this.#store;
  }

  get inboxId(): string {
    return this.#client.inboxId;
  }

  get installationId(): string {
    return this.#client.installationId;
  }

  get walletKey(): string {
    return this.#home.walletKey;
  }

  /** Returns a conversation after a sync. */
  async conversation(id: string): Promise<Conversation> {
    const conversation = await this.#find(id);
    if (!conversation) throw new Error(`there is no conversation ${id}`);
    return conversation;
  }

  /** The texts in a conversation, in the node's order. */
  async texts(id: string): Promise<readonly string[]> {
    const shown = await this.shownTexts(id);
    return shown.map(({ text }) => text);
  }

  /** The same with the messages' ids. */
  async shownTexts(
    id: string,
  ): Promise<readonly { readonly id: string; readonly text: string }[]> {
    const conversation = await this.#find(id);
    const messages = (await conversation?.messages()) ?? [];
    return messages
      .toReversed()
      .flatMap(({ id, text }) => (text === undefined ? [] : [{ id, text }]));
  }

  async conversationMembers(id: string): Promise<readonly Member[]> {
    const conversation = await this.conversation(id);
    return conversation.members();
  }

  consentOf(inboxId: string): Promise<ConsentState> {
    return this.#client.preferences.getConsentState("inbox", inboxId);
  }

  async sendText(id: string, text: string): Promise<void> {
    const conversation = await this.conversation(id);
    await conversation.sendText(text);
  }

  /** Starts it again from its file. */
  async open(): Promise<void> {
    const { store, client } = await start(this.#home);
    this.#store = store;
    this.#client = client;
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#client.close();
    this.#store.close();
  }

  async #find(id: string): Promise<Conversation | undefined> {
    const { conversations } = this.#client;
    await conversations.sync();
    const conversation = await conversations.getConversationById(id);
    await conversation?.sync();
    return conversation;
  }
}

async function start({
  nodeUrl,
  historySyncUrl,
  storePath,
  walletKey,
}: Home): Promise<{ readonly store: Store; readonly client: Client }> {
  const store = openSqliteStore(storePath);
  const client = await createClient({
    signer: privateKeySigner(fromHex(walletKey.slice(2))),
    store,
    nodeUrl,
    historySyncUrl,
    ...(process.env.SHOW_LOG ? { log: console.error } : {}),
  });
  return { store, client };
}
