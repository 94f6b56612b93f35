import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { diagramOf } from "./diagram.js";

const readme = new URL("../README.md", import.meta.url);

// UPDATE_DIAGRAM=1 rewrites the diagrams.
test.each(["requester", "responder"] as const)(
  "the README shows the transitions of the %s",
  async (role) => {
    const text = await readFile(readme, "utf8");
    const place = new RegExp(
      `(<!-- transitions of the ${role} -->\n\n)([\\s\\S]*?)(\n\n<!-- end -->)`,
    );
    const diagram = diagramOf(role);
    if (process.env.UPDATE_DIAGRAM) {
      await writeFile(readme, text.replace(place, `$1${diagram}$3`));
      return;
    }
    expect(place.exec(text)?.[2]).toBe(diagram);
  },
);
