import { defineConfig } from "vitest/config";

/** Against real libxmtp: apart from the tests, which need nothing from outside. One peer after the other. */
export default defineConfig({
  test: {
    include: ["test/**/*.interop.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    bail: 1,
  },
});
