import { create, toBinary } from "@bufbuild/protobuf";
import { concatBytes, fromHex } from "@history-sync/primitives";
import {
  Compression,
  EncodedContentSchema,
} from "@history-sync/proto/message-contents";
import { expect, test } from "vitest";
import { encodeLeaveRequest, isLeaveRequest } from "../../src/xmtp/index.js";

const type = {
  authorityId: "xmtp.org",
  typeId: "leave_request",
  versionMajor: 1,
};

test("a request to leave has XMTP's type and an empty content", () => {
  // EncodedContent { type: 1 { authority_id: 1, type_id: 2, version_major: 3 } }
  const bytes = concatBytes(
    fromHex("0a1b0a08"),
    new TextEncoder().encode("xmtp.org"),
    fromHex("120d"),
    new TextEncoder().encode("leave_request"),
    fromHex("1801"),
  );
  expect(encodeLeaveRequest()).toEqual(bytes);
  expect(isLeaveRequest(bytes)).toBe(true);
});

test("isLeaveRequest accepts a later minor version, a note and unknown fields", () => {
  const others = [
    { type: { ...type, versionMinor: 7 } },
    { type, content: fromHex("0a03616263") },
    { type, content: fromHex("1801") },
    { type, fallback: "left", parameters: { a: "b" } },
  ];
  for (const other of others) expect(isLeaveRequest(encoded(other))).toBe(true);
});

test("whatever else comes is no request", () => {
  const request = encodeLeaveRequest();
  const others = [
    encoded({}),
    encoded({ type: { ...type, authorityId: "example.org" } }),
    encoded({ type: { ...type, typeId: "text" } }),
    encoded({ type: { ...type, versionMajor: 2 } }),
    encoded({ type, compression: Compression.GZIP }),
    encoded({ type, content: fromHex("0a05") }),
    encoded({ type, content: fromHex("ffff") }),
    ...Array.from(request, (_, i) => request.subarray(0, i)),
  ];
  for (const other of others) expect(isLeaveRequest(other)).toBe(false);
});

function encoded(
  init: Parameters<typeof create<typeof EncodedContentSchema>>[1],
) {
  return toBinary(EncodedContentSchema, create(EncodedContentSchema, init));
}
