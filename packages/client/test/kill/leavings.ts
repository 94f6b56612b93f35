import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { groupIdOf, toHex } from "@history-sync/primitives";
import type { Store } from "@history-sync/store";

/** The rows that both installations must have in the end, without those of one installation, such as its right to write. */
export async function historyOf({ history }: Store): Promise<unknown> {
  const conversations = await history.conversations();
  const messages = conversations.map(({ id }) =>
    history.messages(groupIdOf(id), { limit: 10_000 }),
  );
  return {
    conversations: conversations.map(({ id, mutableMetadata }) => ({
      id: toHex(id),
      attributes: mutableMetadata?.attributes,
    })),
    messages: (await Promise.all(messages))
      .flat()
      .map(({ id, sentAtNs, senderInboxId, decryptedMessageBytes }) => ({
        id: toHex(id),
        sentAtNs,
        senderInboxId,
        // Compared byte by byte, or in hex, a large past takes seconds.
        content: createHash("sha256")
          .update(decryptedMessageBytes)
          .digest("hex"),
      })),
    consent: await history.consentRecords(),
    hmacKey: await history.hmacKey(),
  };
}

/** Whatever in a store waits to be done or told; nothing, when all is over. */
export async function unfinishedIn({
  groups,
  requests,
  spool,
}: Store): Promise<readonly unknown[]> {
  const ofGroups = (await groups.groups()).map(async (group) => [
    ...(group.pending ? [group.pending] : []),
    ...group.welcomes,
    ...(await groups.outbox(group.id)),
    ...(await groups.received(group.id)),
    ...(await groups.held(group.id)),
  ]);
  return [
    ...(await Promise.all(ofGroups)).flat(),
    ...(await requests.archives.list()),
    ...(await requests.outbox.list()),
    ...(await spool.list()),
  ];
}

/** All files in a history server's folder. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** In bytes; 0 where there is none. */
export async function largestFileIn(folder: string): Promise<number> {
  const files = await filesIn(folder);
  const stats = await Promise.all(files.map((file) => stat(file)));
  return Math.max(0, ...stats.map(({ size }) => size));
}
