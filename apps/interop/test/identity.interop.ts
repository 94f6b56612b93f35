import { randomBytes } from "node:crypto";
import {
  identityLog,
  registration,
  revokeInstallations,
  signUpdate,
} from "@history-sync/identity";
import {
  installationKeySigner,
  privateKeySigner,
} from "@history-sync/identity/private-key";
import { installationId, systemClock } from "@history-sync/primitives";
import { NodeIdentityService } from "@history-sync/xmtp-node-client";
import {
  type GrpcTransport,
  grpcTransport,
} from "@history-sync/xmtp-node-client/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "../src/world.ts";

let world: World;
let connection: GrpcTransport;

beforeAll(async () => {
  world = await World.start();
  connection = grpcTransport(world.nodeUrl);
});

afterAll(async () => {
  connection.close();
  await world.close();
});

test("an installation of ours and one of libxmtp's are of one inbox, until ours revokes the other", async () => {
  const service = new NodeIdentityService(connection.transport);
  const log = identityLog({ service });
  const walletKey = randomBytes(32);
  const wallet = privateKeySigner(walletKey);
  const ours = installationKeySigner(randomBytes(32));
  const now = () => ({
    clientTimestampNs: BigInt(systemClock.nowMs()) * 1_000_000n,
  });
  const draft = await registration(
    log,
    wallet.identifier(),
    ours.installationId,
    now(),
  );
  if (!draft) throw new TypeError("a new wallet has no inbox yet");
  const { state } = await log.publish(await signUpdate(draft, [wallet, ours]));

  const theirs = await world.libxmtp(
    "libxmtp",
    `0x${walletKey.toString("hex")}`,
  );
  expect(theirs.inboxId).toBe(state.inboxId);
  const both = [ours.installationId, theirs.installationId].sort();
  expect([...(await theirs.installations())].sort()).toEqual(both);
  const known = await identityLog({ service }).installations(state.inboxId);
  expect([...known.installations].sort()).toEqual(both);

  const snapshot = await identityLog({ service }).state(state.inboxId);
  if (!snapshot) throw new TypeError("the inbox has a log");
  const revocation = revokeInstallations(
    snapshot.state,
    [installationId(theirs.installationId)],
    now(),
  );
  await log.publish(await signUpdate(revocation, [wallet]));
  expect(await theirs.installations()).toEqual([ours.installationId]);
});
