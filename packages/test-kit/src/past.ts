import {
  sampleConsent,
  sampleGroup,
  sampleId,
  sampleMessage,
} from "@history-sync/archive/testing";
import type {
  ConsentSave,
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";
import { ConsentTypeSave } from "@history-sync/proto/device-sync";

const nsPerSecond = 1_000_000_000n;

/** The inbox that has written all messages of a past, and that its consent row allows. */
export const friend: string = "b2".repeat(32);

export interface PastOptions {
  readonly messages: number;
  /** The length of each message. Default: 64. */
  readonly bytesEach?: number;
  /** The messages are one second apart; the newest is one second older than this. */
  readonly nowNs: bigint;
  /** Makes the messages' bytes, which a compressor can't make smaller. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** Sample ids (the default) are the same in every past, newest message first; random ones are in no other. */
  readonly ids?: "sample" | "random";
}

export interface PastRows {
  readonly groups: readonly GroupSave[];
  /** Newest first. */
  readonly messages: readonly GroupMessageSave[];
  readonly consent: readonly ConsentSave[];
}

/** Returns the rows of an installation's past: one conversation with messages of a friend, and consent for that friend. */
export function pastRows(options: PastOptions): PastRows {
  const { messages, bytesEach = 64, nowNs, random, ids = "sample" } = options;
  const idOf = (n: number, length: number) =>
    ids === "random" ? random(length) : sampleId(n, length);
  const group = sampleGroup(0, { id: idOf(0, 16), addedByInboxId: friend });
  return {
    groups: [group],
    messages: Array.from({ length: messages }, (_, i) =>
      sampleMessage(i, group, {
        id: idOf(i + 1, 32),
        decryptedMessageBytes: random(bytesEach),
        sentAtNs: nowNs - BigInt(i + 1) * nsPerSecond,
        senderInboxId: friend,
      }),
    ),
    consent: [
      sampleConsent(0, {
        entityType: ConsentTypeSave.INBOX_ID,
        entity: friend,
        consentedAtNs: 5n,
      }),
    ],
  };
}
