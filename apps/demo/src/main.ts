import { parseArgs } from "node:util";
import { chooseArchive } from "./archive-choice.js";
import { playStory } from "./story.js";
import { StoryPrinter } from "./story-printer.js";

const usage = `npm run demo -- [--archive FILE --key HEX] [--no-sync]

  --archive FILE   the history to start from; by default one that libxmtp made
  --key HEX        the archive's key, 64 hex digits
  --no-sync        turn history sync off (historySyncUrl: "") and show that nothing is requested`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      archive: { type: "string" },
      key: { type: "string" },
      "no-sync": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const archive = await chooseArchive(values.archive, values.key);
  const printer = new StoryPrinter(process.stdout);
  const differences = await playStory({
    archive,
    historySync: !values["no-sync"],
    printer,
  });
  return differences.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 1;
}
