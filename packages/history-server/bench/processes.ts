import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";

/** A server as a process of its own, with how one puts a body there and takes it back. */
export interface ServerProcess {
  readonly port: number;
  /** All its processes. */
  readonly pids: readonly number[];
  /** Where the next body goes. */
  upload(): UploadRequest;
  stop(): Promise<void>;
}

interface UploadRequest {
  readonly method: string;
  readonly path: string;
  /** The path to download from, by the answer's text. */
  blobPath(answer: string): string;
  /** Where the server's answer doesn't mean that the body is on disk: the file to be forced there. */
  readonly unsynced?: string;
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, "exit");
  }
}

/** Returns the resident memory of a server's processes in kB. Linux only. */
export function rssKb(server: ServerProcess): number {
  return sum(server, "VmRSS");
}

/** Runs a load and tells what the server took at its peak, in MB above a base. */
export async function peakOf<T extends object>(
  server: ServerProcess,
  baseKb: number,
  load: () => Promise<T>,
): Promise<T & { readonly peakRssAboveBaseMb: number }> {
  // Sets the high-water mark back to what is in use now. proc(5), clear_refs.
  for (const pid of server.pids) writeFileSync(`/proc/${pid}/clear_refs`, "5");
  const result = await load();
  const peakMb = (sum(server, "VmHWM") - baseKb) / 1000;
  return { ...result, peakRssAboveBaseMb: Math.round(peakMb) };
}

function sum({ pids }: ServerProcess, field: string): number {
  return pids
    .map((pid) => readFileSync(`/proc/${pid}/status`, "utf8"))
    .map((status) =>
      Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]),
    )
    .reduce((all, kb) => all + kb, 0);
}
