import { equalBytes } from "@history-sync/primitives";
import { MlsGroupError } from "../../errors.js";
import { type Extension, extensionTypes } from "../../parameters.js";
import { type EngineExtension, fromEngineExtension } from "../extensions.js";
import { decodeRequiredCapabilities, type LeafNode } from "../ts-mls.js";

// The types that every member supports without listing them (RFC 9420 section 13).
const defaultTypes: readonly number[] = [1, 2, 3, 4, 5];

// A group's kind and required capabilities are fixed when it is created.
const settledTypes: readonly number[] = [
  extensionTypes.requiredCapabilities,
  extensionTypes.immutableMetadata,
];

/**
 * Checks that a commit may change a group's extensions to the new ones.
 *
 * @throws {MlsGroupError} `refused-commit`
 */
export function expectAllowedExtensions(
  before: readonly EngineExtension[],
  after: readonly EngineExtension[],
  members: readonly LeafNode[],
): void {
  const [old, next] = [before, after].map((all) =>
    all.map(fromEngineExtension),
  ) as [Extension[], Extension[]];
  const types = next.map(({ type }) => type);
  if (new Set(types).size !== types.length) {
    throw refused("each extension once", "one of them twice");
  }
  for (const type of settledTypes) {
    if (!sameData(dataOf(old, type), dataOf(next, type))) {
      throw refused(`extension ${type} as it was`, "another");
    }
  }
  const required = requiredTypes(next);
  for (const type of types) {
    if (defaultTypes.includes(type)) continue;
    const isCommon =
      (required?.includes(type) ?? true) &&
      members.every(({ capabilities }) =>
        capabilities.extensions.includes(type),
      );
    if (!isCommon) {
      throw refused("extensions that every member can read", `${type}`);
    }
  }
}

function requiredTypes(
  extensions: readonly Extension[],
): readonly number[] | undefined {
  const data = dataOf(extensions, extensionTypes.requiredCapabilities);
  return data && decodeRequiredCapabilities(data, 0)?.[0].extensionTypes;
}

function dataOf(
  extensions: readonly Extension[],
  wanted: number,
): Uint8Array | undefined {
  return extensions.find(({ type }) => type === wanted)?.data;
}

function sameData(a: Uint8Array | undefined, b: Uint8Array | undefined) {
  return a && b ? equalBytes(a, b) : a === b;
}

function refused(expected: string, got: string): MlsGroupError {
  return new MlsGroupError(
    "refused-commit",
    `expected a group with ${expected}, got ${got}`,
  );
}
