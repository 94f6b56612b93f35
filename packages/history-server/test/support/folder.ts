import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Lends a fresh folder to a test. */
export async function withFolder(
  story: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "history-server-"));
  try {
    await story(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
