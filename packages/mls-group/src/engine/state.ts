import { concatBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../errors.js";
import { pastEpochs } from "../parameters.js";
import type { EngineState } from "../ports/group-state-store.js";
import type { MemberCheck } from "./checks/member-check.js";
import { attempt } from "./codec.js";
import { leaves } from "./leaves.js";
import { TreeCache } from "./tree-cache.js";
import {
  type ClientState,
  decodeEpochReceiverData,
  decodeGroupState,
  type EpochReceiverData,
  encode,
  encodeGroupState,
  epochReceiverDataEncoder,
} from "./ts-mls.js";

// A state is read only by the engine and version that has written it. Versions 1 and 2 had the past epochs or the
// tree inside of the engine's own encoding.
const engineName = "ts-mls-1.6";
const stateVersion = 3;

/**
 * The encoded keys of the last epochs. They stay encoded beside the present state: each epoch has a tree of the whole
 * group, which only the messages of that epoch need.
 */
export type Past = ReadonlyMap<bigint, Uint8Array>;

const lengthBytes = 4;
const headBytes = 12;

/**
 * The codec of stored states: the length of the tree (4 bytes) and the tree, the rest of the present state as the
 * engine encodes it, then each past epoch: its number, its length (4 bytes) and its bytes.
 */
export class StateCodec {
  readonly #trees = new TreeCache();

  encode(
    { historicalReceiverData, ratchetTree, ...present }: ClientState,
    past: Past = new Map(),
  ): EngineState {
    const all = new Map(past);
    for (const [epoch, data] of historicalReceiverData) {
      all.set(epoch, encode(epochReceiverDataEncoder)(data));
    }
    const kept = [...all]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(-Number(pastEpochs));
    const tree = this.#trees.encode(ratchetTree);
    const rest = {
      ...present,
      // The engine reads no state without a tree. One node replaces it here.
      ratchetTree: ratchetTree.filter((node) => node).slice(0, 1),
      historicalReceiverData: new Map(),
    };
    return {
      engine: engineName,
      version: stateVersion,
      bytes: concatBytes(
        length(tree.length),
        tree,
        encodeGroupState(rest),
        ...kept.flatMap(([epoch, bytes]) => [head(epoch, bytes.length), bytes]),
      ),
    };
  }

  /**
   * Decodes a state for one piece of work. The decoded state, except for the tree, is a view of a copy of the stored
   * bytes, which is wiped after the work: the result must contain only what was encoded or copied.
   */
  async with<Result>(
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
      const decoded = this.#decoded(copy);
      if (!decoded) {
        throw new MlsGroupError(
          "unsupported-state",
          `expected a group's state, got ${copy.length} bytes that are none`,
        );
      }
      const state = { ...decoded.present, clientConfig: check.config };
      check.trust(leaves(state).map(({ leaf }) => leaf));
      return await work(state, decoded.past);
    } finally {
      wipe([copy]);
    }
  }

  #decoded(bytes: Uint8Array) {
    if (bytes.length < lengthBytes) return undefined;
    const end = lengthBytes + viewOf(bytes).getUint32(0);
    if (end > bytes.length) return undefined;
    const ratchetTree = this.#trees.decode(bytes.subarray(lengthBytes, end));
    const rest = attempt(() => decodeGroupState(bytes, end));
    const past = rest && pastOf(bytes.subarray(end + rest[1]));
    if (!ratchetTree || !past) return undefined;
    return { present: { ...rest[0], ratchetTree }, past };
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
  const view = viewOf(bytes);
  view.setBigUint64(0, epoch);
  view.setUint32(8, length);
  return bytes;
}

function length(bytes: number): Uint8Array {
  const encoded = new Uint8Array(lengthBytes);
  viewOf(encoded).setUint32(0, bytes);
  return encoded;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function pastOf(bytes: Uint8Array): Past | undefined {
  const past = new Map<bigint, Uint8Array>();
  const view = viewOf(bytes);
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
