import { fileURLToPath } from "node:url";
import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import { fromHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { playStory } from "../src/story.js";
import { StoryPrinter } from "../src/story-printer.js";

const archive = {
  path: fileURLToPath(
    import.meta.resolve("@history-sync/fixtures/libxmtp/tiny.xmtp"),
  ),
  key: fromHex(tiny.keyHex),
  origin: "tiny.xmtp",
};

async function told(historySync: boolean) {
  let text = "";
  const printer = new StoryPrinter({
    write: (part: string | Uint8Array) => {
      text += part;
      return true;
    },
  });
  const differences = await playStory({ archive, historySync, printer });
  return { text, differences };
}

test("B ends with A's history", async () => {
  const { text, differences } = await told(true);
  expect(differences).toEqual([]);
  expect(text).toContain("2 conversations, 3 messages, 4 consent records");
  expect(text).not.toContain("\x1b");
});

test("with an empty historySyncUrl nothing is requested", async () => {
  const { text, differences } = await told(false);
  expect(differences).toEqual([]);
  expect(text).toContain("0 requests");
});
