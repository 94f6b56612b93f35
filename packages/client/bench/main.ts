// Measures what users wait for and prints JSON: `pnpm --filter @history-sync/client bench`, after a build. Both benches
// by default, or one of them: `groups [--members 2,10,100] [--messages 200]`, `sync [--messages 100000]`.

import { parseArgs } from "node:util";
import { measureGroups } from "./groups.ts";
import { measureSyncs } from "./sync.ts";

const { values, positionals } = parseArgs({
  // pnpm hands its own "--" on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    members: { type: "string", default: "2,10,100" },
    messages: { type: "string" },
  },
  allowPositionals: true,
});
const [chosen = "all"] = positionals;
if (!["all", "groups", "sync"].includes(chosen)) {
  throw new RangeError(`expected groups or sync, got "${chosen}"`);
}

const members = numbersOf(values.members);
const [groupMessages = 200] = numbersOf(values.messages ?? "");
const [syncMessages = 100_000] = numbersOf(values.messages ?? "");
const report = {
  ...(chosen !== "sync" && {
    groups: await measureGroups(members, groupMessages),
  }),
  ...(chosen !== "groups" && { sync: await measureSyncs(syncMessages) }),
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

function numbersOf(list: string): readonly number[] {
  return list.split(",").filter(Boolean).map(Number);
}
