import { MlsGroupError } from "../../errors.js";
import { invalid } from "../group-data/extension-data.js";
import {
  type MutableMetadata,
  metadataFields,
} from "../group-data/mutable-metadata.js";

/** The release of libxmtp that this package follows in its groups. */
export const protocolVersion = "1.10.0";

/**
 * Checks that the group requires no later release than `version`. This package never sets the attribute: libxmtp
 * would pause the group for its older releases.
 *
 * @throws {MlsGroupError} `newer-protocol` for a later release, `invalid-group-data` for an attribute that names none
 */
export function expectKnownProtocol(
  { attributes }: MutableMetadata,
  own: string = protocolVersion,
): void {
  const asked = attributes.get(metadataFields.minimumProtocolVersion);
  if (asked === undefined || !isLater(parsed(asked), parsed(own))) return;
  throw new MlsGroupError(
    "newer-protocol",
    `expected a group that libxmtp ${own} can follow, got one that asks for more`,
    { retryable: true },
  );
}

interface Version {
  readonly numbers: readonly number[];
  readonly suffix: string;
}

// As libxmtp reads it: three numbers, then the text after the first dash; a suffix counts as later than none.
const pattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([^-.]*)(?:-[^.]*)?)?$/;

function parsed(text: string): Version {
  const [, major, minor, patch, suffix = ""] = pattern.exec(text) ?? [];
  if (major === undefined) {
    throw invalid("a version such as 1.10.0", `${text.length} characters`);
  }
  return { numbers: [major, minor, patch].map(Number), suffix };
}

function isLater(a: Version, b: Version): boolean {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0;
    if (number !== other) return number > other;
  }
  return a.suffix > b.suffix;
}
