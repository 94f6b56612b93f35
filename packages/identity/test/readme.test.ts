import { systemClock, systemRandomBytes } from "@history-sync/primitives";
import { expect, test } from "vitest";
import {
  identityLog,
  registration,
  revokeInstallations,
  signUpdate,
} from "../src/index.js";
import { MemoryIdentityService } from "../src/memory/index.js";
import {
  installationKeySigner,
  privateKeySigner,
} from "../src/private-key/index.js";

test("the README's example, with the system's clock", async () => {
  const log = identityLog({ service: new MemoryIdentityService(systemClock) });
  const wallet = privateKeySigner(systemRandomBytes(32));
  const app = installationKeySigner(systemRandomBytes(32));
  const now = () => ({
    clientTimestampNs: BigInt(systemClock.nowMs()) * 1_000_000n,
  });
  const owner = wallet.identifier();
  const draft = await registration(log, owner, app.installationId, now());
  if (draft === undefined) throw new TypeError("registered already");
  const { state } = await log.publish(await signUpdate(draft, [wallet, app]));
  const before = await log.installations(state.inboxId);
  expect(before.installations).toEqual([app.installationId]);
  const revocation = revokeInstallations(state, [app.installationId], now());
  await log.publish(await signUpdate(revocation, [wallet]));
  const after = await log.installations(state.inboxId);
  expect(after).toMatchObject({
    installations: [],
    revoked: [app.installationId],
  });
});
