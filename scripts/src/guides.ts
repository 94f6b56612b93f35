import { globSync } from "node:fs";

/** Returns the guides of the documentation site, relative to the root. */
export function guides(root: string): readonly string[] {
  return globSync("docs/*.md", { cwd: root }).sort();
}
