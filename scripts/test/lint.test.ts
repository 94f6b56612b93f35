import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/root.ts";
import { run } from "../src/run.ts";
import { withTree } from "./tree.ts";

const settings = readFileSync(join(root, "biome.json"), "utf8");
const biome = join(root, "node_modules/.bin/biome");
const work = "async function work(): Promise<void> {}\n";

/** Returns what biome reports for one file under the project's settings, or nothing if it accepts the file. */
function lint(code: string): Promise<string> {
  const files = {
    "biome.json": settings,
    "a.ts": `${code}\n\n${work}`,
  };
  return withTree(files, async (cwd) => {
    const args = ["lint", "--colors=off", "--vcs-enabled=false", "a.ts"];
    const { ok, output } = await run(biome, args, { cwd });
    return ok ? "" : output;
  });
}

test.each([
  ["noFloatingPromises", "export function start(): void {\n  work();\n}"],
  ["noMisusedPromises", "export const all = () => [1].forEach(() => work());"],
])("npm run lint refuses a promise by %s", async (rule, code) => {
  expect(await lint(code)).toContain(` lint/nursery/${rule} `);
});

test("npm run lint accepts promises that are awaited", async () => {
  const code =
    "export async function start(): Promise<void> {\n  await work();\n}";
  expect(await lint(code)).toBe("");
});
