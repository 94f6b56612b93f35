import { run } from "./run.ts";

/**
 * Returns the commit with the wire messages that this tree must stay compatible with: where the branch left main or, on main itself,
 * the previous commit. Returns undefined on a first commit, in a clone of depth one, and before `proto/` existed.
 */
export async function comparisonCommit(
  root: string,
): Promise<string | undefined> {
  const git = async (...args: readonly string[]) => {
    const { ok, output } = await run("git", args, { cwd: root });
    return ok ? output.trim() : undefined;
  };
  const head = await git("rev-parse", "HEAD");
  for (const main of ["origin/main", "main"]) {
    const fork = await git("merge-base", "HEAD", main);
    if (fork && fork !== head) return withWireMessages(fork);
  }
  const before = await git("rev-parse", "--verify", "--quiet", "HEAD~1");
  return before && withWireMessages(before);

  async function withWireMessages(commit: string): Promise<string | undefined> {
    const exists = await git("cat-file", "-e", `${commit}:proto/buf.yaml`);
    return exists === undefined ? undefined : commit;
  }
}
