import { equalBytes } from "@history-sync/primitives";
import { bytesKey } from "../bytes-key.js";
import type { SeenArchive, SeenMessages } from "./import-state.js";

/** The comparison of an import with its archive's manifest, over all its runs. */
export interface ImportReceipt {
  /** True if every message of the manifest is here unchanged, and all conversations and consent records arrived. */
  readonly complete: boolean;
  /** False if the archive promised a manifest but its end is missing. Then nothing is expected. */
  readonly hasManifest: boolean;
  readonly messages: MessageReceipt;
  readonly groups: CountReceipt;
  readonly consent: CountReceipt;
  /** Conversations in the manifest's order, then those that it doesn't list. */
  readonly conversations: readonly ConversationReceipt[];
}

/** The numbers of messages by their outcome. */
export interface MessageReceipt {
  /** The number in the manifest. */
  readonly expected: number;
  /** Messages in the store now: written, or there before. */
  readonly present: number;
  /** Messages that were there before with another body, which remains. */
  readonly conflicting: number;
  /** Messages that arrived and were refused as invalid. */
  readonly skipped: number;
  /** Messages that didn't arrive. */
  readonly missing: number;
  /** True if the messages that arrived are those that were exported, by ids and bodies. */
  readonly digestMatches: boolean;
}

/** The receipt of one conversation's messages. */
export interface ConversationReceipt extends MessageReceipt {
  readonly groupId: Uint8Array;
}

/** The expected and the present number of rows of one kind. */
export interface CountReceipt {
  readonly expected: number;
  readonly seen: number;
}

/** Returns the receipt, or undefined for an archive that neither has nor promised a manifest. */
export function receiptOf(archive: SeenArchive): ImportReceipt | undefined {
  const { manifest, metadata } = archive;
  if (!manifest && !metadata?.archiveId) return undefined;
  const messages = messageReceipt(manifest, archive.messages);
  const groups = { expected: manifest?.groups ?? 0, seen: archive.groups };
  const consent = { expected: manifest?.consent ?? 0, seen: archive.consent };
  const conversations = conversationReceipts(archive);
  const isSameArchive = equalBytes(
    manifest?.archiveId ?? none,
    metadata?.archiveId ?? none,
  );
  return {
    complete:
      manifest !== undefined &&
      isSameArchive &&
      isComplete(messages) &&
      groups.seen === groups.expected &&
      consent.seen === consent.expected &&
      conversations.every(isComplete),
    hasManifest: manifest !== undefined,
    messages,
    groups,
    consent,
    conversations,
  };
}

const none = new Uint8Array();

function conversationReceipts({
  manifest,
  conversations,
}: SeenArchive): readonly ConversationReceipt[] {
  const unlisted = new Map(conversations);
  const receipts: ConversationReceipt[] = [];
  for (const listed of manifest?.conversations ?? []) {
    const key = bytesKey(listed.groupId);
    const seen = conversations.get(key)?.messages;
    unlisted.delete(key);
    const { groupId } = listed;
    receipts.push({ groupId, ...messageReceipt(listed, seen) });
  }
  for (const { groupId, messages } of unlisted.values()) {
    receipts.push({ groupId, ...messageReceipt(undefined, messages) });
  }
  return receipts;
}

function messageReceipt(
  listed:
    | { readonly messages: number; readonly digest: Uint8Array }
    | undefined,
  seen: SeenMessages | undefined,
): MessageReceipt {
  const expected = listed?.messages ?? 0;
  const { seen: came = 0, present = 0, conflicting = 0 } = seen ?? {};
  return {
    expected,
    present,
    conflicting,
    skipped: came - present - conflicting,
    missing: Math.max(0, expected - came),
    digestMatches:
      listed !== undefined &&
      equalBytes(listed.digest, seen?.digest.bytes() ?? none),
  };
}

function isComplete(receipt: MessageReceipt): boolean {
  return receipt.present === receipt.expected && receipt.digestMatches;
}
