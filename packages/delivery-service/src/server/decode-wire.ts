import { WireError, WireReader } from "@history-sync/mls-group/wire";
import {
  DeliveryServiceError,
  type DeliveryServiceErrorCode,
} from "../errors.js";

/** Decodes MLS structures that a client has sent; throws `code` for bytes that are none. */
export function decodeWire<Value>(
  bytes: Uint8Array,
  code: DeliveryServiceErrorCode,
  decode: (reader: WireReader) => Value,
): Value {
  try {
    return decode(new WireReader(bytes));
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new DeliveryServiceError(code, cause.message, { cause });
  }
}
