import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportsOf, undocumentedMembers } from "../src/api/declarations.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "declarations-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function exportsOfText(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  return exportsOf(join(folder, "index.d.ts")).map(
    ({ name, signature, isDocumented }) => [name, signature, isDocumented],
  );
}

test("exportsOf gives each export without its comments, and whether it has a doc comment", () => {
  const exports = exportsOfText({
    "index.d.ts": `/** A size. */
export interface Size {
    /** In bytes. */
    readonly bytes: number;
}
export declare const none = "{";
declare function hidden(): void;
`,
  });
  expect(exports).toEqual([
    ["Size", "export interface Size {\n    readonly bytes: number;\n}", true],
    ["none", 'export declare const none = "{";', false],
  ]);
});

test("exportsOf joins overloads, of which one is documented", () => {
  const exports = exportsOfText({
    "index.d.ts": `/** Reads. */
export declare function read(from: string): string;
export declare function read(from: Uint8Array): Uint8Array;
`,
  });
  expect(exports).toEqual([
    [
      "read",
      "export declare function read(from: string): string;\nexport declare function read(from: Uint8Array): Uint8Array;",
      true,
    ],
  ]);
});

test("exportsOf follows names that are exported again, renamed ones and those of other packages too", () => {
  const exports = exportsOfText({
    "index.d.ts": `import { inner } from "./other.js";
export { type Shape, plain as renamed } from "./other.js";
export { inner };
export type { Clock } from "@history-sync/async";
`,
    "other.d.ts": `/** A shape. */
export type Shape = {
    a: string;
} | undefined;
export declare const plain: (a: string) => number;
export declare const inner: bigint;
`,
  });
  expect(exports).toEqual([
    ["Clock", 'export { Clock } from "@history-sync/async";', true],
    ["Shape", "export type Shape = {\n    a: string;\n} | undefined;", true],
    ["inner", "export declare const inner: bigint;", false],
    ["renamed", "export declare const plain: (a: string) => number;", false],
  ]);
});

test("undocumentedMembers names the members of a union without a comment of their own", () => {
  const text = `export type Code = 
/** One. */
"a" | "b"
/** Three, such as "d". */
 | "c";
export type Other = "d";`;
  expect(undocumentedMembers(text, "Code")).toEqual(["b"]);
  expect(undocumentedMembers(text, "None")).toEqual([]);
});
