import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const patch = new URL("../../../patches/ts-mls@1.6.4.patch", import.meta.url);
const installed = new URL("../node_modules/ts-mls/", import.meta.url).pathname;

/** Copies the engine's package as it is installed, takes the patch back out of it, and gives its folder. */
export function unpatchedTsMls(folder: string): string {
  cpSync(installed, folder, { recursive: true, dereference: true });
  for (const file of readFileSync(patch, "utf8")
    .split(/^diff .*\n/m)
    .slice(1)) {
    const name = /^\+\+\+ b\/(.+)$/m.exec(file)?.[1];
    if (name === undefined) throw new RangeError("expected a file's patch");
    const path = join(folder, name);
    let text = readFileSync(path, "utf8");
    for (const hunk of file.split(/^@@ .*\n/m).slice(1)) {
      const lines = hunk.split("\n").filter((line) => /^[ +-]/.test(line));
      const side = (dropped: string) =>
        lines
          .filter((line) => !line.startsWith(dropped))
          .map((line) => line.slice(1))
          .join("\n");
      const patched = side("-");
      if (!text.includes(patched)) {
        throw new RangeError(`expected a patched ${name}, got another`);
      }
      text = text.replace(patched, () => side("+"));
    }
    writeFileSync(path, text);
  }
  return folder;
}
