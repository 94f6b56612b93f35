import { concatBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import type { EngineState } from "../group-state-store.js";
import { pastEpochs } from "../parameters.js";
import { attempt } from "./codec.js";
import { leaves } from "./leaves.js";
import type { MemberCheck } from "./member-check.js";
import {
  type ClientState,
  decodeEpochReceiverData,
  decodeGroupState,
  type EpochReceiverData,
  encode,
  encodeGroupState,
  epochReceiverDataEncoder,
} from "./ts-mls.js";

// What wrote a state must be what reads it. Version 1 had the past epochs inside of the engine's own encoding.
const engineName = "ts-mls-1.6";
const stateVersion = 2;

/**
 * What is left of the last epochs, as it was encoded. It stays so, beside the present state: each epoch has a tree of
 * the whole group, which only the messages of that epoch need.
 */
export type Past = ReadonlyMap<bigint, Uint8Array>;

const headBytes = 12;

/** The present state, as the engine encodes it, then each past epoch: its number, its length (4 bytes) and its bytes. */
export function encodeState(
  { historicalReceiverData, ...present }: ClientState,
  past: Past = new Map(),
): EngineState {
  const all = new Map(past);
  for (const [epoch, data] of historicalReceiverData) {
    all.set(epoch, encode(epochReceiverDataEncoder)(data));
  }
  const kept = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(-Number(pastEpochs));
  const none: ClientState["historicalReceiverData"] = new Map();
  return {
    engine: engineName,
    version: stateVersion,
    bytes: concatBytes(
      encodeGroupState({ ...present, historicalReceiverData: none }),
      ...kept.flatMap(([epoch, bytes]) => [head(epoch, bytes.length), bytes]),
    ),
  };
}

/**
 * Decodes a state for one piece of work. What is decoded is a view on a copy of the stored bytes, which is wiped when
 * the work is done: the result must hold nothing of it but what was encoded or copied anew.
 */
export async function withState<Result>(
  stored: EngineState,
  check: MemberCheck,
  work: (state: ClientState, past: Past) => Promise<Result>,
): Promise<Result> {
  if (stored.engine !== engineName || stored.version !== stateVersion) {
    throw new MlsGroupError(
      "unsupported-state",
      `expected a state of ${engineName} version ${stateVersion}, got ${stored.engine} version ${stored.version}`,
    );
  }
  const copy = stored.bytes.slice();
  try {
    const decoded = attempt(() => decodeGroupState(copy, 0));
    const past = decoded && pastOf(copy.subarray(decoded[1]));
    if (!decoded || !past) {
      throw new MlsGroupError(
        "unsupported-state",
        `expected a group's state, got ${copy.length} bytes that are none`,
      );
    }
    const state = { ...decoded[0], clientConfig: check.config };
    check.trust(leaves(state).map(({ leaf }) => leaf));
    return await work(state, past);
  } finally {
    wipe([copy]);
  }
}

export function epochOf(
  past: Past,
  epoch: bigint,
): EpochReceiverData | undefined {
  const bytes = past.get(epoch);
  return bytes && attempt(() => decodeEpochReceiverData(bytes, 0))?.[0];
}

export function wipe(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

function head(epoch: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(headBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, epoch);
  view.setUint32(8, length);
  return bytes;
}

function pastOf(bytes: Uint8Array): Past | undefined {
  const past = new Map<bigint, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const start = at + headBytes;
    if (start > bytes.length) return undefined;
    const end = start + view.getUint32(at + 8);
    if (end > bytes.length) return undefined;
    past.set(view.getBigUint64(at), bytes.subarray(start, end));
    at = end;
  }
  return past;
}
