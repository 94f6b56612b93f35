import { defineConfig } from "vitest/config";
import { failOnCrash } from "../../vitest.shared.ts";

/** Against real libxmtp: apart from the tests, which need nothing from outside. One peer after the other. */
export default defineConfig({
  test: {
    include: ["test/**/*.interop.ts"],
    setupFiles: failOnCrash,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    bail: 1,
  },
});
