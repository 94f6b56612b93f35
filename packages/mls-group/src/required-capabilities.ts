import type { Capabilities } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import { type Extension, extensionTypes } from "./parameters.js";
import { WireError, WireReader } from "./wire/index.js";

/** What every member's leaf has to be able to do (RFC 9420 section 11.1); nothing where the group doesn't say. */
export function requiredCapabilities(
  extensions: readonly Extension[],
): Capabilities {
  const required = extensions.find(
    ({ type }) => type === extensionTypes.requiredCapabilities,
  );
  if (!required) return { extensions: [], proposals: [] };
  try {
    const reader = new WireReader(required.data);
    const [types, proposals] = [reader.uint16Vector(), reader.uint16Vector()];
    reader.uint16Vector(); // credentials: basic ones are all that we know
    reader.end();
    return { extensions: types, proposals };
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new MlsGroupError(
      "engine-failed",
      `expected required capabilities, got ${required.data.length} bytes that are none`,
      { cause },
    );
  }
}
