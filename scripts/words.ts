// Counts habits of prose that the field's model code bases hardly have, in comments and Markdown, per 10,000 words.
// `--package NAME` looks at one package, `--list` prints the places only.

import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { root } from "./src/root.ts";
import { countTraits, type Hit, rateOf } from "./src/words/count.ts";
import { traits } from "./src/words/traits.ts";

const { values } = parseArgs({
  options: {
    package: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

const leftOut =
  /(?:^|\/)(?:gen|fixtures|node_modules|dist)\/|(?:CHANGELOG|LICENSE)[^/]*$|^scripts\/(?:src|test)\/words|^api\//;
const listed = execFileSync("git", ["ls-files", "*.ts", "*.md"], {
  cwd: root,
  encoding: "utf8",
});
const files = listed
  .split("\n")
  .filter((file) => file !== "" && !leftOut.test(file))
  .filter(
    (file) =>
      values.package === undefined ||
      file.startsWith(`packages/${values.package}/`) ||
      file.startsWith(`apps/${values.package}/`),
  );

const { words, hits, refused } = countTraits(root, files);
const show = ({ file, line, trait, text }: Hit) =>
  console.log(`${file}:${line}: ${trait}: ${text}`);
for (const found of hits.values()) found.forEach(show);
refused.forEach(show);

let failed = refused.length;
if (!values.list) {
  console.log(`\n${words} words in ${files.length} files; in 10,000:\n`);
  for (const { name, allowed } of traits) {
    const rate = rateOf(hits.get(name) ?? [], words);
    const isOver = rate > allowed;
    if (isOver) failed++;
    const mark = isOver ? "ABOVE" : "ok";
    console.log(
      `${name.padEnd(56)} ${rate.toFixed(1).padStart(5)}  at most ${allowed}  ${mark}`,
    );
  }
  console.log(`refused identifiers: ${refused.length}`);
}
if (failed > 0) process.exitCode = 1;
