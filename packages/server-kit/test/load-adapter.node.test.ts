import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { loadAdapter } from "../src/node.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A folder with a package of that name in its node_modules, as the working directory. */
async function installed(name: string): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "server-kit-"));
  const at = join(folder, "node_modules", name);
  await mkdir(at, { recursive: true });
  const manifest = { name, type: "module", exports: { "./node": "./main.js" } };
  await writeFile(join(at, "package.json"), JSON.stringify(manifest));
  await writeFile(join(at, "main.js"), 'export const answer = "loaded";');
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  return {
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

test("loadAdapter loads a package that is installed in the working directory", async () => {
  await using _ = await installed("an-adapter");
  const adapter = await loadAdapter<{ readonly answer: string }>(
    "an-adapter",
    "--flag",
  );
  expect(adapter.answer).toBe("loaded");
});

test("loadAdapter names the package to install when it is missing", async () => {
  await expect(loadAdapter("no-such-adapter", "--flag")).rejects.toMatchObject({
    code: "missing-package",
    message:
      "[missing-package] --flag needs another package: npm install no-such-adapter",
  });
});
