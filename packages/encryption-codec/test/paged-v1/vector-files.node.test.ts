import { expect, test } from "vitest";
import { makeInvalid } from "./make-invalid.js";
import { makeVector, recipes, vectorFile } from "./make-vectors.js";

const folder = "../vectors/paged-v1";

test.each(Object.entries(recipes))(
  "%s.json is what we write today",
  async (name, recipe) => {
    const file = vectorFile(await makeVector(recipe));
    await expect(file).toMatchFileSnapshot(`${folder}/${name}.json`);
  },
);

test("invalid/ holds what we make today", async () => {
  for (const [name, vector] of Object.entries(await makeInvalid())) {
    const file = vectorFile(vector);
    await expect(file).toMatchFileSnapshot(`${folder}/invalid/${name}.json`);
  }
});
