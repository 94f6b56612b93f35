import type { Message } from "@bufbuild/protobuf";
import { IdentityError } from "../errors.js";

/** A part that every update has. */
export function present<T>(part: T | undefined, what: string, at: string): T {
  if (part !== undefined) return part;
  throw new IdentityError("malformed-update", `${at} lacks ${what}`);
}

/** Refuses a choice of which no known field is set. */
export function unset(message: Message, what: string, at: string): never {
  const other = message.$unknown?.[0];
  if (other === undefined) {
    throw new IdentityError("malformed-update", `${at} lacks ${what}`);
  }
  throw new IdentityError(
    "unknown-kind",
    `${at} has ${what} of the unknown kind ${other.no}`,
  );
}
