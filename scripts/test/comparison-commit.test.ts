import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { comparisonCommit } from "../src/comparison-commit.ts";
import { withTree } from "./tree.ts";

/** A repository with an empty first commit on main. The steps change its files. */
function repository(root: string) {
  const author = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...author, ...args], {
      cwd: root,
      encoding: "utf8",
    }).trim();
  const commit = (): string => {
    git("add", ".");
    git("commit", "--quiet", "--allow-empty", "--message", "step");
    return git("rev-parse", "HEAD");
  };
  const addWireMessages = () => {
    mkdirSync(join(root, "proto"));
    writeFileSync(join(root, "proto/buf.yaml"), "version: v2\n");
  };
  git("init", "--quiet", "--initial-branch", "main");
  return { git, commit, addWireMessages };
}

test("there is none without git, on a first commit, or before the messages", async () => {
  await withTree({}, async (root) => {
    expect(await comparisonCommit(root)).toBeUndefined();
    const { commit, addWireMessages } = repository(root);
    commit();
    expect(await comparisonCommit(root)).toBeUndefined();
    addWireMessages();
    commit();
    expect(await comparisonCommit(root)).toBeUndefined();
  });
});

test("on main it is the commit before, on a branch where it left main", async () => {
  await withTree({}, async (root) => {
    const { git, commit, addWireMessages } = repository(root);
    addWireMessages();
    const first = commit();
    const second = commit();
    expect(await comparisonCommit(root)).toBe(first);
    git("checkout", "--quiet", "-b", "topic");
    commit();
    commit();
    expect(await comparisonCommit(root)).toBe(second);
  });
});
