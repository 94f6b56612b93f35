import { test } from "vitest";

test("passes and throws later", () => {
  setTimeout(() => {
    throw new Error("thrown in the test's own process");
  });
});
