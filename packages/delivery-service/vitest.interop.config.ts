import { defineConfig } from "vitest/config";

/** Against real libxmtp: apart from the tests, which need nothing from outside. */
export default defineConfig({
  test: {
    include: ["interop/**/*.interop.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    bail: 1,
  },
});
