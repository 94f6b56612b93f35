import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryGroupStateStore } from "@history-sync/mls-group/memory";
import { openSqliteStore } from "@history-sync/store/sqlite";
import { type Cost, rounded } from "./groups/cost.ts";
import { type GroupFigures, measureGroup } from "./groups/measure-group.ts";

/** A group of one size, on two stores in the same run. */
interface GroupReport {
  readonly members: number;
  readonly sqlite: GroupFigures;
  readonly memory: GroupFigures;
  /** Of SQLite to memory, by the clock and in processor time: what it costs that the state is on the disk. */
  readonly ratios: Readonly<Record<string, Cost>>;
}

/** Measures groups of these sizes, with so many messages. */
export async function measureGroups(
  sizes: readonly number[],
  messages: number,
): Promise<readonly GroupReport[]> {
  // The first measurement would pay for the compiler.
  await inMemory(3, messages);
  await onDisk(3, messages);
  const reports: GroupReport[] = [];
  for (const members of sizes) {
    const sqlite = await onDisk(members, messages);
    const memory = await inMemory(members, messages);
    reports.push({ members, sqlite, memory, ratios: ratiosOf(sqlite, memory) });
  }
  return reports;
}

function inMemory(members: number, messages: number): Promise<GroupFigures> {
  const [founder, joiner] = [
    new MemoryGroupStateStore(),
    new MemoryGroupStateStore(),
  ];
  return measureGroup(members, messages, founder, joiner);
}

async function onDisk(
  members: number,
  messages: number,
): Promise<GroupFigures> {
  const folder = await mkdtemp(join(tmpdir(), "history-sync-bench-"));
  const founder = openSqliteStore(join(folder, "founder.db"));
  const joiner = openSqliteStore(join(folder, "joiner.db"));
  try {
    return await measureGroup(members, messages, founder.groups, joiner.groups);
  } finally {
    founder.close();
    joiner.close();
    await rm(folder, { recursive: true });
  }
}

function ratiosOf(
  { add, ...sqlite }: GroupFigures,
  memory: GroupFigures,
): Record<string, Cost> {
  const ratios: Record<string, Cost> = {};
  for (const [step, cost] of Object.entries(sqlite)) {
    const base = memory[step as keyof GroupFigures];
    if (isCost(cost) && isCost(base)) ratios[step] = ratioOf(cost, base);
  }
  for (const count of [1, 10, 100] as const) {
    ratios[`add ${count}`] = ratioOf(add[count], memory.add[count]);
  }
  return ratios;
}

function isCost(value: GroupFigures[keyof GroupFigures]): value is Cost {
  return typeof value === "object" && "cpuMs" in value;
}

function ratioOf(a: Cost, b: Cost): Cost {
  return { ms: rounded(a.ms / b.ms), cpuMs: rounded(a.cpuMs / b.cpuMs) };
}
