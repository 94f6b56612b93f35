import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeIdentityService } from "@history-sync/delivery-service";
import {
  type GrpcTransport,
  grpcTransport,
} from "@history-sync/delivery-service/node";
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
import { afterAll, beforeAll, expect, test } from "vitest";
import { Actor } from "../src/actor.ts";
import { type NodeProcess, startNodeProcess } from "../src/node-process.ts";
import { Peer } from "../src/peer.ts";
import { peerCommand } from "../src/peer-command.ts";

let folder: string;
let node: NodeProcess;
let connection: GrpcTransport;
let peer: Peer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "history-sync-interop-"));
  const data = join(folder, "node");
  node = await startNodeProcess(["--data", data, "--port", "0"]);
  connection = grpcTransport(node.url);
  peer = new Peer(peerCommand);
});

afterAll(async () => {
  peer.close();
  connection.close();
  await node.stop();
  await rm(folder, { recursive: true, force: true });
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

  const theirs = await Actor.open(peer, "libxmtp", {
    url: node.url,
    folder,
    walletKey: `0x${walletKey.toString("hex")}`,
  });
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
