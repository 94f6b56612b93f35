import { fromHex } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  allMembers,
  allows,
  metadataPolicy,
  type Permissions,
  type Policy,
  readPermissions,
  withPermissions,
} from "../../src/xmtp/index.js";

const member = { isAdmin: false, isSuperAdmin: false };
const admin = { isAdmin: true, isSuperAdmin: false };
const superAdmin = { isAdmin: false, isSuperAdmin: true };

test.each<[Policy, boolean, boolean, boolean]>([
  ["allow", true, true, true],
  ["deny", false, false, false],
  ["admin", false, true, true],
  ["super-admin", false, false, true],
  [{ all: ["allow", "admin"] }, false, true, true],
  [{ all: ["admin", "super-admin"] }, false, false, true],
  [{ any: ["deny", "admin"] }, false, true, true],
  [{ any: ["deny", { all: ["allow", "super-admin"] }] }, false, false, true],
])(
  "%j lets a member: %s, an admin: %s, a super admin: %s",
  (policy, ...may) => {
    expect(
      [member, admin, superAdmin].map((actor) => allows(policy, actor)),
    ).toEqual(may);
  },
);

test("an attribute without a policy is for admins, a hidden one for super admins", () => {
  expect(metadataPolicy(allMembers, "group_name")).toBe("allow");
  expect(metadataPolicy(allMembers, "colour")).toBe("admin");
  expect(metadataPolicy(allMembers, "_colour")).toBe("super-admin");
});

test("joined policies are written and read", () => {
  const joined: Permissions = {
    ...allMembers,
    addMember: { any: ["admin", { all: ["allow", "super-admin"] }] },
    updateMetadata: new Map([["group_name", { all: ["allow", "admin"] }]]),
    addAdmin: { any: ["deny", "admin"] },
  };
  expect(readPermissions(withPermissions([], joined))).toEqual(joined);
});

test("conditions in conditions are read, but not without end", () => {
  let addMember: Policy = "allow";
  for (let depth = 0; depth < 20; depth++) addMember = { all: [addMember] };
  const deep = { ...allMembers, addMember };
  expect(readPermissions(withPermissions([], deep))).toEqual(deep);

  for (let depth = 0; depth < 100; depth++) addMember = { any: [addMember] };
  const endless = withPermissions([], { ...allMembers, addMember });
  expect(() => readPermissions(endless)).toThrow(
    expect.objectContaining({ code: "invalid-group-data" }),
  );
});

test("a policy without a number on the wire can't be encoded", () => {
  for (const addAdmin of ["allow", { all: [] }] as const) {
    expect(() => withPermissions([], { ...allMembers, addAdmin })).toThrow(
      expect.objectContaining({ code: "invalid-group-data" }),
    );
  }
});

test.each([
  ["no policies", ""],
  ["no policy to add members", "0a00"],
  ["a number that nobody knows", "0a040a020809"],
  ["a policy unspecified", "0a040a020800"],
  ["a condition over nothing", "0a040a021200"],
])("permissions are refused with %s", (_, hex) => {
  const extension = { type: 0xff02, data: fromHex(hex) };
  expect(() => readPermissions([extension])).toThrow(
    expect.objectContaining({ code: "invalid-group-data" }),
  );
});
