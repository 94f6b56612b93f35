import { WireError, WireReader } from "@history-sync/mls-group/wire";
import { XmtpNodeError, type XmtpNodeErrorCode } from "./errors.js";

/** Decodes MLS structures that a client has sent; throws `code` for bytes that are none. */
export function decodeWire<Value>(
  bytes: Uint8Array,
  code: XmtpNodeErrorCode,
  decode: (reader: WireReader) => Value,
): Value {
  try {
    return decode(new WireReader(bytes));
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new XmtpNodeError(code, cause.message, { cause });
  }
}
