import { expect, test } from "vitest";
import { metadataProblems, withMetadata } from "../src/metadata.ts";

const rootManifest = {
  name: "root",
  homepage: "https://example.org/project",
  keywords: ["common"],
};

function packageOf(text: string) {
  return {
    label: "one",
    folder: "packages/one",
    manifest: JSON.parse(text),
  };
}

const bare = JSON.stringify({
  name: "@scope/one",
  description: "One package",
  license: "MIT",
  keywords: ["own"],
  type: "module",
});

test("metadataProblems names each field that differs from the root's", () => {
  const problems = metadataProblems(rootManifest, packageOf(bare));
  expect(problems.map((problem) => problem.split(" ")[1])).toEqual([
    "repository",
    "homepage",
    "bugs",
    "keywords",
  ]);
});

test("withMetadata adds what metadataProblems asks for, and changes nothing the second time", () => {
  const once = withMetadata(bare, rootManifest, packageOf(bare));
  expect(metadataProblems(rootManifest, packageOf(once))).toEqual([]);
  expect(Object.keys(JSON.parse(once)).slice(2, 7)).toEqual([
    "license",
    "repository",
    "homepage",
    "bugs",
    "keywords",
  ]);
  expect(withMetadata(once, rootManifest, packageOf(once))).toBe(once);
});

test("metadataProblems asks for a description and for keywords of the package's own", () => {
  const text = withMetadata('{"name":"a"}', rootManifest, packageOf(bare));
  expect(metadataProblems(rootManifest, packageOf(text))).toEqual([
    "packages/one/package.json: no description",
    "packages/one/package.json: no keywords of its own",
  ]);
});
