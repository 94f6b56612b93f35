import { mergeRows } from "@history-sync/archive";
import type { MemoryHistory } from "@history-sync/archive/memory";
import { sampleConsent } from "@history-sync/archive/testing";
import { nowNs, systemClock } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";
import {
  type ConsentSave,
  type ConsentStateSave,
  ConsentTypeSave,
} from "@history-sync/proto/device-sync";
import { friend, pastRows } from "@history-sync/test-kit/past";

/** Gives an installation a past of one conversation, the same in each that has as many messages. */
export async function remember(
  history: MemoryHistory,
  messages: number,
): Promise<void> {
  const now = nowNs(systemClock);
  const random = unsafeSeededBytes(messages);
  const rows = pastRows({ messages, nowNs: now, random });
  await history.mergePage(rows, mergeRows(now));
}

/** Returns what the user thinks of the friend who wrote the past. */
export function consent(
  state: ConsentStateSave,
  consentedAtNs: bigint,
): ConsentSave {
  const entityType = ConsentTypeSave.INBOX_ID;
  return sampleConsent(0, { entityType, state, entity: friend, consentedAtNs });
}
