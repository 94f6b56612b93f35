import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@history-sync/history-server/node";
import { MemoryNodeStorage } from "@history-sync/xmtp-node/memory";
import { serveNode } from "@history-sync/xmtp-node/node";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly nodeUrl: string;
    readonly historySyncUrl: string;
  }
}

/** A node and a history server that live as long as the run, for tests in a browser, which can't start them. */
export async function setup(
  project: TestProject,
): Promise<() => Promise<void>> {
  const node = await serveNode({ storage: new MemoryNodeStorage(), port: 0 });
  const folder = await mkdtemp(join(tmpdir(), "history-sync-pages-"));
  const server = await serve({ folder, port: 0 });
  project.provide("nodeUrl", node.url);
  project.provide("historySyncUrl", server.url);
  return async () => {
    await node.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
}
