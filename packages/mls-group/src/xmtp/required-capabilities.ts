import {
  creatorExtensionTypes,
  type Extension,
  extensionTypes,
  groupContextExtensionsProposal,
} from "../parameters.js";

const basicCredential = 0x0001;

/** What every member of XMTP's groups must be able to do (RFC 9420 section 11.1), in libxmtp's order. */
export const requiredCapabilities: Extension = {
  type: extensionTypes.requiredCapabilities,
  data: Uint8Array.of(
    ...vectorOfU16(creatorExtensionTypes),
    ...vectorOfU16([groupContextExtensionsProposal]),
    ...vectorOfU16([basicCredential]),
  ),
};

function vectorOfU16(values: readonly number[]): readonly number[] {
  return [
    2 * values.length,
    ...values.flatMap((value) => [value >> 8, value & 0xff]),
  ];
}
