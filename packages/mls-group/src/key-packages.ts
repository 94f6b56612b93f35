import {
  type InstallationId,
  idBytes,
  nowNs,
  toHex,
} from "@history-sync/primitives";
import type { NewLeaf, ReadKeyPackage } from "./engine/engine.js";
import { MlsGroupError } from "./errors.js";
import type {
  InstallationRecord,
  KeyPackageRecord,
} from "./group-state-store.js";
import {
  type Extension,
  keyPackageHeadStartMs,
  keyPackageLifetimeMs,
  keyPackageRotationMs,
} from "./parameters.js";
import { deliver, type MlsContext } from "./ports.js";

/**
 * Makes a key package when there is none or the last one is 30 days old. It is of last resort: the delivery service
 * hands the same one to everybody, so its private keys stay, and those of the ones before it too.
 */
export async function ensureKeyPackage(
  installation: InstallationRecord,
  leafExtensions: readonly Extension[],
  { engine, store, clock }: MlsContext,
): Promise<void> {
  const newest = newestOf(await store.keyPackages());
  const rotationNs = BigInt(keyPackageRotationMs) * 1_000_000n;
  const createdAtNs = nowNs(clock);
  if (newest && createdAtNs - newest.createdAtNs < rotationNs) return;
  const made = await engine.createKeyPackage(
    newLeaf(installation, clock.nowMs()),
    leafExtensions,
  );
  await store.commit({
    keyPackages: [{ ...made, createdAtNs, published: false }],
  });
}

/** Gives the delivery service the newest key package, unless it has it. */
export async function publishKeyPackage(
  installationId: InstallationId,
  { store, deliveryService }: MlsContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const newest = newestOf(await store.keyPackages());
  if (!newest || newest.published) return;
  await deliver(
    () =>
      deliveryService.uploadKeyPackage(installationId, newest.bytes, {
        signal,
      }),
    signal,
  );
  await store.commit({ keyPackages: [{ ...newest, published: true }] });
}

/** The key package that a Welcome's header names. */
export async function keyPackageFor(
  initKey: Uint8Array,
  { store }: MlsContext,
): Promise<KeyPackageRecord> {
  const wanted = toHex(initKey);
  const all = await store.keyPackages();
  const found = all.find((record) => toHex(record.initKey) === wanted);
  if (found) return found;
  throw new MlsGroupError(
    "unknown-key-package",
    `expected a Welcome for one of our ${all.length} key packages, got one for another key`,
  );
}

/** Fetches key packages, and leaves out whoever has none that can be used now. */
export async function fetchKeyPackages(
  installationIds: readonly InstallationId[],
  context: MlsContext,
  signal: AbortSignal | undefined,
): Promise<readonly ReadKeyPackage[]> {
  if (installationIds.length === 0) return [];
  const { deliveryService, log } = context;
  const fetched = await deliver(
    () => deliveryService.fetchKeyPackages(installationIds, { signal }),
    signal,
  );
  const usable: ReadKeyPackage[] = [];
  for (const [i, id] of installationIds.entries()) {
    try {
      usable.push(await checkKeyPackage(id, fetched[i], context));
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.retryable) throw error;
      log("key-package.refused", { installation: id, code: error.code });
    }
  }
  return usable;
}

async function checkKeyPackage(
  id: InstallationId,
  bytes: Uint8Array | undefined,
  { engine, authentication, clock }: MlsContext,
): Promise<ReadKeyPackage> {
  if (!bytes || bytes.length === 0) {
    throw new MlsGroupError(
      "invalid-key-package",
      "expected a key package, got none",
    );
  }
  const read = await engine.readKeyPackage(bytes);
  const now = unixSeconds(clock.nowMs());
  const inTime = read.notBefore <= now && now <= read.notAfter;
  const genuine =
    read.installationId === id &&
    (await vouchedFor(read, authentication.validate.bind(authentication)));
  if (inTime && genuine) return read;
  throw new MlsGroupError(
    "invalid-key-package",
    inTime
      ? "expected the key package of an installation of its inbox, got another's"
      : `expected a key package for the time ${now}, got one for ${read.notBefore} to ${read.notAfter}`,
  );
}

async function vouchedFor(
  { credential, installationId }: ReadKeyPackage,
  validate: MlsContext["authentication"]["validate"],
): Promise<boolean> {
  try {
    return await validate(credential, idBytes(installationId));
  } catch (cause) {
    throw new MlsGroupError(
      "authentication-failed",
      "expected to learn whose a key package is, got an error",
      { retryable: true, cause },
    );
  }
}

/** A leaf that counts from an hour ago for XMTP's 84 days. */
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

function unixSeconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1000));
}
