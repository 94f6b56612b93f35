import type { ViteUserConfig } from "vitest/config";
import { packageTests } from "../../vitest.shared.ts";

const tests = packageTests() as ViteUserConfig;

/** The browser's tests find a node and a history server at the URLs that their set-up provides. */
const config: ViteUserConfig = {
  ...tests,
  // Otherwise it is discovered while the tests run, and they start again.
  optimizeDeps: {
    include: ["@history-sync/xmtp-node-client > @connectrpc/connect-web"],
  },
  test: { ...tests.test, globalSetup: "./test/support/servers-for-browser.ts" },
};

export default config;
