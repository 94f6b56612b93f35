// Measures the processor time of groups on Node's own cipher suite beside the one that browsers use, in the same run, and prints JSON:
// `pnpm --filter @history-sync/mls-group bench`. Each step reads its state from SQLite and ends when the next one is on
// the disk. BENCH_MEMBERS ("2,10,100") and BENCH_MESSAGES change the amounts.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCiphersuite as openPortable } from "../dist/engine/ciphersuite.js";
import { openCiphersuite as openNative } from "../dist/engine/ciphersuite-node.js";
import { openTsMlsEngine } from "../dist/engine/ts-mls-engine.js";
import { DurableState } from "./durable-state.ts";
import { type Figures, measureGroup } from "./group.ts";

const sizes = (process.env.BENCH_MEMBERS ?? "2,10,100").split(",").map(Number);
const messages = Number(process.env.BENCH_MESSAGES ?? 500);
const everybody = { validate: async () => true };

const folder = await mkdtemp(join(tmpdir(), "mls-group-bench-"));
let files = 0;

async function measured(
  suite: typeof openNative,
  members: number,
): Promise<Figures> {
  const engine = await openTsMlsEngine(everybody, await suite());
  using founder = new DurableState(join(folder, `${files++}.db`));
  using other = new DurableState(join(folder, `${files++}.db`));
  return await measureGroup(engine, members, messages, founder, other);
}

function rounded(figures: Figures): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      Number(value.toPrecision(4)),
    ]),
  );
}

/** How many times faster the first is. */
function ratios(ours: Figures, theirs: Figures): Record<string, number> {
  return Object.fromEntries(
    Object.entries(ours)
      .filter(([name]) => !name.endsWith("Bytes"))
      .map(([name, value]) => {
        const other = theirs[name as keyof Figures];
        const ratio = name.endsWith("Ms") ? other / value : value / other;
        return [name.replace(/Ms$/, ""), Number(ratio.toPrecision(3))];
      }),
  );
}

try {
  // What is measured first would pay for the compiler.
  for (const suite of [openNative, openPortable]) await measured(suite, 3);
  const groups = [];
  for (const members of sizes) {
    const node = await measured(openNative, members);
    const portable = await measured(openPortable, members);
    groups.push({
      members,
      node: rounded(node),
      portable: rounded(portable),
      timesFaster: ratios(node, portable),
    });
  }
  process.stdout.write(`${JSON.stringify({ messages, groups }, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
