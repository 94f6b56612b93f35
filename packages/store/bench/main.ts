// Measures imports and exports in Chromium, in IndexedDB beside in memory, and prints JSON:
// `pnpm --filter @history-sync/store bench`, after a build. BENCH_MESSAGES changes the amounts: `10000,100000`.

import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright";

const amounts = (process.env.BENCH_MESSAGES ?? "10000,100000")
  .split(",")
  .map(Number);

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
  bundle: true,
  format: "iife",
  target: "es2023",
  write: false,
});
const script = outputFiles[0]?.text ?? "";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>bench</title>");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
  ],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.addScriptTag({ content: script });
  const reports = [];
  for (const amount of amounts) {
    reports.push(await page.evaluate(`measure(${amount})`));
  }
  process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
} finally {
  await browser.close();
  server.close();
}
