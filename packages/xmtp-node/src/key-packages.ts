import { create } from "@bufbuild/protobuf";
import {
  type FetchKeyPackagesRequest,
  type FetchKeyPackagesResponse,
  FetchKeyPackagesResponseSchema,
  type UploadKeyPackageRequest,
} from "@history-sync/proto/mls-api";
import {
  checkBytes,
  checkCount,
  checkInstallationKey,
  invalidRequest,
} from "./checks.js";
import { verifyKeyPackage } from "./key-package.js";
import type { NodeContext } from "./node-context.js";
import { topicName } from "./storage/node-storage.js";

/** Replaces an installation's key package, which needs its signature. */
export async function uploadKeyPackage(
  { keyPackage, isInboxIdCredential }: UploadKeyPackageRequest,
  { storage, limits, clock, metrics }: NodeContext,
): Promise<void> {
  if (!isInboxIdCredential) {
    throw invalidRequest("expected a credential that names an inbox");
  }
  const body = keyPackage?.keyPackageTlsSerialized ?? new Uint8Array();
  checkBytes("key package", body, limits.maxKeyPackageBytes);
  const installationKey = verifyKeyPackage(body, clock.nowMs());
  const topic = topicName("key-package", installationKey);
  const { duplicate } = await storage.append({ topic, body });
  metrics.stored("key-package", duplicate);
}

export async function fetchKeyPackages(
  { installationKeys }: FetchKeyPackagesRequest,
  { storage, limits }: NodeContext,
): Promise<FetchKeyPackagesResponse> {
  checkCount("keys", installationKeys, limits.maxEntriesPerRequest);
  for (const key of installationKeys) checkInstallationKey(key);
  const newest = await storage.newest(
    installationKeys.map((key) => topicName("key-package", key)),
  );
  return create(FetchKeyPackagesResponseSchema, {
    keyPackages: newest.map((entry) =>
      entry ? { keyPackageTlsSerialized: entry.body } : {},
    ),
  });
}
