import { toHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { type ForgedLog, forgedLogs } from "./support/forged-logs.js";

test.each(Object.entries(forgedLogs))(
  "%s.json is what the forger makes",
  async (name, forge) => {
    await expect(asJson(await forge())).toMatchFileSnapshot(
      `vectors/forged/${name}.json`,
    );
  },
);

function asJson({ story, atSequenceId, ...rest }: ForgedLog): string {
  const entries = story.entries.map(({ sequenceId, update }) => ({
    sequenceId: `${sequenceId}`,
    update: toHex(update),
  }));
  const at =
    atSequenceId === undefined ? {} : { atSequenceId: `${atSequenceId}` };
  const log = { ...rest, inboxId: story.inboxId, ...at, entries };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}
