import { equalBytes } from "@history-sync/primitives";
import { bytesKey } from "../bytes-key.js";
import type { SeenArchive, SeenMessages } from "./import-state.js";

/** Whether all that an archive's manifest lists has come, over all runs of its import. */
export interface ImportReceipt {
  /** Every message of the manifest is here as it left, and so are all conversations and consent records. */
  readonly complete: boolean;
  /** False: the archive promised a manifest, and its end was cut off. Nothing is expected then. */
  readonly hasManifest: boolean;
  readonly messages: MessageReceipt;
  readonly groups: CountReceipt;
  readonly consent: CountReceipt;
  /** In the manifest's order; then those that it doesn't list. */
  readonly conversations: readonly ConversationReceipt[];
}

export interface MessageReceipt {
  /** As many as the manifest says. */
  readonly expected: number;
  /** In the store now: written, or there before. */
  readonly present: number;
  /** Were there with another body, which stayed. */
  readonly conflicting: number;
  /** Came, and were refused: rows that can't be right. */
  readonly skipped: number;
  /** Didn't come. */
  readonly missing: number;
  /** Whether those that came are those that left, ids and bodies. */
  readonly digestMatches: boolean;
}

export interface ConversationReceipt extends MessageReceipt {
  readonly groupId: Uint8Array;
}

export interface CountReceipt {
  readonly expected: number;
  readonly seen: number;
}

/** Undefined for an archive without a manifest that promised none. */
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
