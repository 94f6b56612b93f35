import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { newWalletKey } from "./wallet-key.ts";

interface Opened {
  readonly inboxId: string;
  readonly installationId: string;
}

export interface Member {
  readonly inboxId: string;
  readonly installationIds: readonly string[];
}

export type Consent = "Unknown" | "Allowed" | "Denied";

export interface Conversation {
  readonly id: string;
  readonly kind: "Dm" | "Group" | "Sync" | "Oneshot";
  readonly name: string;
  readonly isActive: boolean;
  readonly consent: Consent;
  readonly members: readonly Member[];
  readonly debug: { readonly epoch: string; readonly maybeForked: boolean };
  readonly messages: readonly {
    readonly id: string;
    readonly contentType: string;
    readonly contentBase64: string;
  }[];
}

/** One installation of libxmtp. */
export class Actor {
  readonly inboxId: string;
  readonly installationId: string;
  readonly walletKey: string;
  readonly #name: string;
  readonly #peer: Peer;

  private constructor(
    peer: Peer,
    name: string,
    walletKey: string,
    opened: Opened,
  ) {
    this.#peer = peer;
    this.#name = name;
    this.walletKey = walletKey;
    this.inboxId = opened.inboxId;
    this.installationId = opened.installationId;
  }

  /** Registers a new installation of a new user, or of the user with the given wallet key. */
  static async open(
    peer: Peer,
    name: string,
    {
      url,
      folder,
      walletKey = newWalletKey(),
    }: {
      readonly url: string;
      readonly folder: string;
      readonly walletKey?: string;
    },
  ): Promise<Actor> {
    const dbPath = join(folder, `${name}.db`);
    const as = name;
    const opened = await peer.ask<Opened>("open", {
      as,
      url,
      walletKey,
      dbPath,
    });
    return new Actor(peer, name, walletKey, opened);
  }

  do<Answer = unknown>(
    command: string,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer> {
    return this.#peer.ask<Answer>(command, { as: this.#name, ...values });
  }

  consentOf(inboxId: string): Promise<Consent> {
    const entity = { entityType: 1, entity: inboxId };
    return this.do<Consent>("getConsent", entity);
  }

  async sendText(group: string, text: string): Promise<void> {
    await this.do("sendText", { group, text });
  }

  /** Returns a conversation as libxmtp shows it after a sync; undefined if it is unknown there. */
  async conversation(id: string): Promise<Conversation | undefined> {
    await this.do("syncAll");
    const { conversations } = await this.do<{
      readonly conversations: readonly Conversation[];
    }>("dump");
    return conversations.find((conversation) => conversation.id === id);
  }

  /** The texts in a conversation, in libxmtp's order. */
  async texts(id: string): Promise<readonly string[]> {
    const shown = await this.shownTexts(id);
    return shown.map(({ text }) => text);
  }

  /** The same with the messages' ids. */
  async shownTexts(
    id: string,
  ): Promise<readonly { readonly id: string; readonly text: string }[]> {
    const { messages = [] } = (await this.conversation(id)) ?? {};
    return messages
      .filter(({ contentType }) => contentType?.startsWith("xmtp.org/text"))
      .map(({ id, contentBase64 }) => ({ id, text: textOf(contentBase64) }));
  }

  async conversationMembers(id: string): Promise<readonly Member[]> {
    return (await this.conversation(id))?.members ?? [];
  }

  async installations(): Promise<readonly string[]> {
    const { installations } = await this.do<{
      readonly installations: readonly { readonly id: string }[];
    }>("inboxState");
    return installations.map(({ id }) => id);
  }
}

function textOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
