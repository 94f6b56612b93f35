import { spawnSync } from "node:child_process";
import { test } from "vitest";

const run = (code: string) => {
  const script = ["--input-type=module", "-e", code];
  spawnSync(process.execPath, script, { stdio: "ignore" });
};

test("a child with an unhandled rejection", () => {
  run(`Promise.reject(new Error("rejected in a child"))`);
});

test("a child with an uncaught exception", () => {
  run(`setTimeout(() => { throw new Error("thrown in a child"); })`);
});

test("a child's child", () => {
  run(`import { spawnSync } from "node:child_process";
    spawnSync(process.execPath, ["-e", "throw new Error('thrown in a second child')"]);`);
});

test("a child that ends well", () => run("process.exitCode = 1"));
