import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Files = Readonly<Record<string, string>>;

/** Writes the files below a new temporary folder, calls `use` with it, and removes it. */
export async function withTree<T>(
  files: Files,
  use: (root: string) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "tree-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function json(value: unknown): string {
  return JSON.stringify(value);
}
