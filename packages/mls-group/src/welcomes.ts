import { nowNs } from "@history-sync/primitives";
import type { Delivered, OutgoingWelcome } from "./delivery-service.js";
import type { ReadKeyPackage } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import type { GroupRecord, InstallationRecord } from "./group-state-store.js";
import { keyPackageFor } from "./key-packages.js";
import type { MlsContext } from "./ports.js";
import {
  decodeWelcomeMetadata,
  encodeWelcomeMetadata,
} from "./welcome-metadata.js";

// XMTP also wraps a Welcome with HPKE under the key named in its header; here it travels as RFC 9420 makes it.
const notWrapped = 0;

/** A Welcome for one of those whom a commit adds; its place in the group's order isn't known yet. */
export function welcomeFor(
  { installationId, initKey }: ReadKeyPackage,
  data: Uint8Array,
): OutgoingWelcome {
  return {
    installationId,
    data,
    hpkePublicKey: initKey,
    wrapperAlgorithm: notWrapped,
    metadata: new Uint8Array(),
  };
}

/** Tells the new members where in the group's order their commit stands. */
export function placed(
  welcome: OutgoingWelcome,
  commitId: bigint,
): OutgoingWelcome {
  return { ...welcome, metadata: encodeWelcomeMetadata(commitId) };
}

/** The group that a Welcome lets us into. */
export async function join(
  entry: Delivered,
  installation: InstallationRecord,
  context: MlsContext,
): Promise<GroupRecord> {
  const { engine, clock } = context;
  if (!entry.welcome || entry.welcome.wrapperAlgorithm !== notWrapped) {
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a Welcome of algorithm ${notWrapped}, got ${entry.welcome?.wrapperAlgorithm ?? "no Welcome"}`,
    );
  }
  const { hpkePublicKey, metadata } = entry.welcome;
  const keyPackage = await keyPackageFor(hpkePublicKey, context);
  const cursor = decodeWelcomeMetadata(metadata);
  const { signatureKey } = installation;
  const state = await engine.joinGroup(entry.data, keyPackage, signatureKey);
  const { id, epoch } = await engine.view(state);
  return {
    id,
    state,
    epoch,
    cursor,
    createdAtNs: nowNs(clock),
    active: true,
    welcomes: [],
  };
}
