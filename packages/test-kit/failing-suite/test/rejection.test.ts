import { test } from "vitest";

test("passes and leaves a rejection that nothing handles", () => {
  void Promise.resolve().then(() => {
    throw new Error("rejected in the test's own process");
  });
});
