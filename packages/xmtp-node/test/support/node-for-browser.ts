import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { serveNode } from "@history-sync/xmtp-node/node";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly nodeUrl: string;
  }
}

/** A node that lives as long as the run, for tests in a browser, which can't start one. */
export async function setup(
  project: TestProject,
): Promise<() => Promise<void>> {
  const node = await serveNode({ storage: new MemoryNodeStorage(), port: 0 });
  project.provide("nodeUrl", node.url);
  return () => node.close();
}
