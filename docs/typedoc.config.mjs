import { readdirSync, readFileSync } from "node:fs";

const packages = new URL("../packages/", import.meta.url);
const published = readdirSync(packages).filter((folder) => {
  const path = new URL(`${folder}/package.json`, packages);
  // The generated messages of proto are documented by their .proto files.
  return !JSON.parse(readFileSync(path, "utf8")).private && folder !== "proto";
});

export default {
  name: "history-sync",
  entryPointStrategy: "packages",
  entryPoints: published.map((folder) => `../packages/${folder}`),
  packageOptions: { excludeExternals: true, excludeInternal: true },
  readme: "../README.md",
  projectDocuments: ["*.md"],
  out: "site",
  highlightLanguages: ["ts", "sh", "json", "text", "mermaid"],
};
