import type { ViteUserConfig } from "vitest/config";
import { packageTests } from "../../vitest.shared.ts";

const tests = packageTests() as ViteUserConfig;

/** The browser's tests find a node at the URL that its set-up provides. */
const config: ViteUserConfig = {
  ...tests,
  // Else it is found while the tests run, and they start again.
  optimizeDeps: { include: ["@connectrpc/connect-web"] },
  test: { ...tests.test, globalSetup: "./test/support/node-for-browser.ts" },
};

export default config;
