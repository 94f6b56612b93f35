import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigExport,
} from "vitest/config";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** By path, so that no package has to depend on it. */
export const failOnCrash: string = fileURLToPath(
  new URL("packages/test-kit/src/fail-on-crash.ts", import.meta.url),
);

/** The binary fixtures are imported as `?inline` data URLs, so that one line reads them in Node and in a browser. */
const assetsInclude = ["**/*.xmtp"];

/**
 * A package's tests: `--project node`, and `--project chromium` for the same files in a real browser.
 * Files named `*.node.test.ts` need Node and stay out of the browser; those named `*.browser.test.ts` need a browser.
 */
export function packageTests(): ViteUserConfigExport {
  const include = ["test/**/*.test.ts"];
  const node: TestProjectInlineConfiguration = {
    extends: true,
    test: {
      name: "node",
      include,
      exclude: ["**/*.browser.test.ts"],
      setupFiles: failOnCrash,
      testTimeout: 60_000,
    },
  };
  const browser: TestProjectInlineConfiguration = {
    extends: true,
    test: {
      name: "chromium",
      include,
      exclude: ["**/*.node.test.ts"],
      testTimeout: 120_000,
      api: { host: "127.0.0.1" },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath: chromium, args: chromiumArgs },
        }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
  return defineConfig({
    assetsInclude,
    test: {
      reporters: ["default", ["json", { outputFile: ".vitest/results.json" }]],
      projects: [node, browser],
    },
  });
}
