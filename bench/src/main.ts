import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

interface Measured {
  readonly seconds: number;
  readonly peakRssMB: number;
  readonly aboveBaseMB: number;
  readonly messages: number;
}

const { values } = parseArgs({
  options: { messages: { type: "string", default: "1000,10000,100000" } },
});
const sizes = values.messages.split(",").map(Number);
const folder = mkdtempSync(join(tmpdir(), "history-sync-bench-"));
try {
  const results = sizes.map(measureSize);
  console.log(JSON.stringify({ node: process.version, results }, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Export and seal to a file, open and merge it into another SQLite store. */
function measureSize(messages: number) {
  const from = join(folder, `from-${messages}.db`);
  const to = join(folder, `to-${messages}.db`);
  const archive = join(folder, `${messages}.xmtp`);
  run("generate", from, archive, messages);
  const exportAndSeal = run("out", from, archive, messages);
  const openAndMerge = run("in", to, archive, messages);
  if (openAndMerge.messages !== messages) {
    throw new Error(`${openAndMerge.messages} of ${messages} messages came in`);
  }
  return {
    messages,
    archiveBytes: statSync(archive).size,
    exportAndSeal,
    openAndMerge,
    microsecondsAMessage: {
      out: Math.round((exportAndSeal.seconds * 1e6) / messages),
      in: Math.round((openAndMerge.seconds * 1e6) / messages),
    },
  };
}

function run(
  phase: string,
  store: string,
  archive: string,
  messages: number,
): Measured {
  const script = fileURLToPath(new URL("./measure.js", import.meta.url));
  const output = execFileSync(
    process.execPath,
    [script, phase, store, archive, String(messages)],
    { encoding: "utf8" },
  );
  return JSON.parse(output) as Measured;
}
