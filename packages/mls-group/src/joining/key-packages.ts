import {
  equalBytes,
  type InstallationId,
  nowNs,
} from "@history-sync/primitives";
import { WelcomeWrapperAlgorithm } from "@history-sync/proto/mls-api";
import { deliver, type MlsContext } from "../context.js";
import type { NewLeaf } from "../engine/engine.js";
import { MlsGroupError } from "../errors.js";
import {
  type Extension,
  keyPackageHeadStartMs,
  keyPackageLifetimeMs,
  keyPackageRotationMs,
  retiredKeyPackageMs,
} from "../parameters.js";
import type {
  InstallationRecord,
  KeyPackageRecord,
} from "../ports/group-state-store.js";
import { newWelcomeKey, welcomeKeyExtension } from "./welcome-key.js";
import type { WrapperAlgorithm } from "./welcome-wrapping.js";

/**
 * Creates a key package if there is none or the last one is due. It is of last resort: the delivery service gives the
 * same one to all members that ask, so its private keys outlive the Welcomes that were made for it.
 */
export async function ensureKeyPackage(
  installation: InstallationRecord,
  leafExtensions: readonly Extension[],
  { engine, store, clock, randomBytes }: MlsContext,
): Promise<void> {
  const createdAtNs = nowNs(clock);
  const dueAtNs = renewalDueNs(installation, await store.keyPackages());
  if (dueAtNs !== undefined && createdAtNs < dueAtNs) return;
  const welcomeKey = await newWelcomeKey(randomBytes);
  const made = await engine.createKeyPackage(
    newLeaf(installation, clock.nowMs()),
    leafExtensions,
    [welcomeKeyExtension(welcomeKey)],
  );
  const { renewAtNs: _, ...settled } = installation;
  await store.commit({
    installation: settled,
    keyPackages: [{ ...made, welcomeKey, createdAtNs, published: false }],
  });
}

/** Returns the time at which the newest key package has to be renewed; undefined if there is none. */
export function renewalDueNs(
  { renewAtNs }: InstallationRecord,
  keyPackages: readonly KeyPackageRecord[],
): bigint | undefined {
  const newest = newestOf(keyPackages);
  if (!newest) return undefined;
  const oldAtNs = newest.createdAtNs + nanoseconds(keyPackageRotationMs);
  return renewAtNs !== undefined && renewAtNs < oldAtNs ? renewAtNs : oldAtNs;
}

/** Publishes the newest key package if the delivery service doesn't have it, and retires those before it. */
export async function publishKeyPackage(
  installationId: InstallationId,
  { store, deliveryService, clock }: MlsContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const all = await store.keyPackages();
  const newest = newestOf(all);
  if (!newest || newest.published) return;
  await deliver(
    () =>
      deliveryService.uploadKeyPackage(installationId, newest.bytes, {
        signal,
      }),
    signal,
  );
  const wipeAtNs = nowNs(clock) + nanoseconds(retiredKeyPackageMs);
  const retired = all.filter(
    (record) => record !== newest && record.wipeAtNs === undefined,
  );
  await store.commit({
    keyPackages: [
      { ...newest, published: true },
      ...retired.map((record) => ({ ...record, wipeAtNs })),
    ],
  });
}

/** Wipes the private keys of expired key packages. The caller has processed all Welcomes before. */
export async function wipeKeyPackages({
  store,
  clock,
  log,
}: MlsContext): Promise<void> {
  const now = nowNs(clock);
  const over = (await store.keyPackages()).filter(
    ({ wipeAtNs }) => wipeAtNs !== undefined && wipeAtNs <= now,
  );
  if (over.length === 0) return;
  await store.commit({ keyPackagesDone: over });
  log("key-package.wiped", { count: over.length });
}

/** Returns the key that a Welcome's header names, with the key package that it belongs to. */
export async function keyPackageFor(
  hpkePublicKey: Uint8Array,
  { store }: MlsContext,
): Promise<{
  readonly keyPackage: KeyPackageRecord;
  readonly algorithm: WrapperAlgorithm;
  readonly privateKey: Uint8Array;
}> {
  const all = await store.keyPackages();
  for (const keyPackage of all) {
    const { initKey, initPrivateKey, welcomeKey } = keyPackage;
    if (equalBytes(initKey, hpkePublicKey)) {
      const algorithm = WelcomeWrapperAlgorithm.CURVE25519;
      return { keyPackage, algorithm, privateKey: initPrivateKey };
    }
    if (welcomeKey && equalBytes(welcomeKey.publicKey, hpkePublicKey)) {
      const algorithm = WelcomeWrapperAlgorithm.XWING_MLKEM_768_DRAFT_6;
      return { keyPackage, algorithm, privateKey: welcomeKey.privateKey };
    }
  }
  throw new MlsGroupError(
    "unknown-key-package",
    `expected a Welcome for one of our ${all.length} key packages, got one for another key`,
  );
}

/** Returns a leaf that is valid from an hour ago for XMTP's 84 days. */
export function newLeaf(
  { signatureKey, credential }: InstallationRecord,
  nowMs: number,
): NewLeaf {
  return {
    signatureKey,
    credential,
    notBefore: unixSeconds(nowMs - keyPackageHeadStartMs),
    notAfter: unixSeconds(nowMs + keyPackageLifetimeMs),
  };
}

function newestOf(
  records: readonly KeyPackageRecord[],
): KeyPackageRecord | undefined {
  return records.reduce<KeyPackageRecord | undefined>(
    (newest, record) =>
      newest && newest.createdAtNs >= record.createdAtNs ? newest : record,
    undefined,
  );
}

function nanoseconds(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

export function unixSeconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1000));
}
