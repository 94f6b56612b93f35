import { type InstallationId, installationId } from "@history-sync/primitives";
import { ManualClock } from "@history-sync/primitives/testing";
import {
  type CheckTimes,
  createInstallationWatcher,
  type Finding,
  type InstallationWatcher,
  type WatcherPorts,
  type WatcherSettings,
} from "../../src/index.js";
import { MemoryCheckTimes } from "../../src/memory.js";

export const phone: InstallationId = installationId("aa".repeat(32));
export const tablet: InstallationId = installationId("bb".repeat(32));

export const seconds = 1_000;
export const minutes: number = 60 * seconds;

/** The results of the tests' checks: nothing by default, and the number of the check. */
export interface Numbered extends Finding {
  readonly look: number;
}

/** A check that runs until the test ends it. */
export interface FakeLook {
  readonly key: string;
  readonly beganAtMs: number;
  readonly signal: AbortSignal;
  succeed(found?: Partial<Finding>): void;
  fail(error?: unknown): void;
}

export class Watched {
  readonly clock: ManualClock;
  readonly times: CheckTimes;
  readonly watcher: InstallationWatcher<string, Numbered>;
  /** All looks so far, in the order in which they began. */
  readonly looks: FakeLook[] = [];
  /** Checks that continue after their signal has fired. */
  ignoreSignals = false;

  constructor({
    clock = new ManualClock(),
    times = new MemoryCheckTimes(),
    settings = {},
    ...ports
  }: {
    readonly clock?: ManualClock;
    readonly times?: CheckTimes;
    readonly settings?: WatcherSettings;
  } & Pick<WatcherPorts<string, Numbered>, "onFound" | "log"> = {}) {
    this.clock = clock;
    this.times = times;
    this.watcher = createInstallationWatcher(
      {
        clock,
        times,
        ...ports,
        checkInstallations: (key, signal) => this.#look(key, signal),
      },
      settings,
    );
  }

  /** Gives the look of this number, once it has begun. */
  async look(index: number): Promise<FakeLook> {
    await calm();
    const look = this.looks[index];
    if (!look) {
      throw new RangeError(`expected look ${index}, got ${this.looks.length}`);
    }
    return look;
  }

  #look(key: string, signal: AbortSignal): Promise<Numbered> {
    const look = this.looks.length;
    return new Promise((resolve, reject) => {
      if (!this.ignoreSignals) {
        signal.addEventListener("abort", () => reject(signal.reason));
      }
      this.looks.push({
        key,
        signal,
        beganAtMs: this.clock.nowMs(),
        succeed: (found) => resolve({ added: [], revoked: [], ...found, look }),
        fail: (error = new TypeError("no network")) => reject(error),
      });
    });
  }
}

/** Runs everything that needs no time, no check's end and no store: all of it is promises, no tasks. */
export async function calm(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
