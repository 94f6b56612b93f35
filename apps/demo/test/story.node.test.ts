import { fileURLToPath } from "node:url";
import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import { fromHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import { tellStory } from "../src/story.js";
import { Teller } from "../src/teller.js";

const archive = {
  path: fileURLToPath(
    import.meta.resolve("@history-sync/fixtures/libxmtp/tiny.xmtp"),
  ),
  key: fromHex(tiny.keyHex),
  origin: "tiny.xmtp",
};

async function told(historySync: boolean) {
  let text = "";
  const teller = new Teller({
    write: (part: string | Uint8Array) => {
      text += part;
      return true;
    },
  });
  const differences = await tellStory({ archive, historySync, teller });
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
