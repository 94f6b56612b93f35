import { MlsGroupError } from "../errors.js";
import { TlsProblem, TlsReader } from "../tls.js";

/** What stands in a vector, if the bytes are one and nothing else; throws `invalid-group-data`. */
export function decodeVector(bytes: Uint8Array): Uint8Array {
  try {
    const reader = new TlsReader(bytes);
    const content = reader.vector();
    reader.end();
    return content;
  } catch (cause) {
    if (!(cause instanceof TlsProblem)) throw cause;
    throw new MlsGroupError(
      "invalid-group-data",
      `expected a vector, got ${bytes.length} bytes that are none`,
      { cause },
    );
  }
}
