import { execFileSync } from "node:child_process";
import { temporaryFolder } from "@history-sync/test-kit/folders";

export const smallDiskBytes: number = 8 * 1024 ** 2;

/** Lends a folder on a disk of 8 MiB, or undefined where mounting one isn't permitted. */
export async function withSmallDisk(
  story: (folder: string | undefined) => Promise<void>,
): Promise<void> {
  const { path: folder } = temporaryFolder();
  const options = `size=${smallDiskBytes}`;
  if (!tried("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)) {
    return await story(undefined);
  }
  try {
    await story(folder);
  } finally {
    tried("umount", folder);
  }
}

function tried(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
