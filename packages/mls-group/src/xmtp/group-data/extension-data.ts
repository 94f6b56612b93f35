import { MlsGroupError } from "../../errors.js";
import type { Extension } from "../../parameters.js";

/**
 * Reads the group's extension of a type.
 *
 * @throws {MlsGroupError} `invalid-group-data` if it is missing or can't be decoded
 */
export function readExtension<Value>(
  extensions: readonly Extension[],
  { type, what }: { readonly type: number; readonly what: string },
  decode: (data: Uint8Array) => Value,
): Value {
  const found = extensions.filter((extension) => extension.type === type);
  const [extension] = found;
  if (extension === undefined || found.length > 1) {
    throw new MlsGroupError(
      "invalid-group-data",
      `expected one extension 0x${type.toString(16)}, got ${found.length} among ${extensions.length}`,
    );
  }
  try {
    return decode(extension.data);
  } catch (cause) {
    if (cause instanceof MlsGroupError) throw cause;
    throw new MlsGroupError(
      "invalid-group-data",
      `expected a group's ${what}, got ${extension.data.length} bytes that are none`,
      { cause },
    );
  }
}

/** Returns the extensions with one replaced, which moves to the end as in libxmtp. All others stay as they are. */
export function withExtension(
  extensions: readonly Extension[],
  replacement: Extension,
): readonly Extension[] {
  const { type } = replacement;
  return [
    ...extensions.filter((extension) => extension.type !== type),
    replacement,
  ];
}

/** Returns the error for data that can be decoded and isn't valid in XMTP's groups. */
export function invalid(expected: string, got: string): MlsGroupError {
  return new MlsGroupError(
    "invalid-group-data",
    `expected ${expected}, got ${got}`,
  );
}
