import {
  equalBytes,
  type InstallationId,
  idBytes,
} from "@history-sync/primitives";
import { deliver, type MlsContext } from "../context.js";
import type { Capabilities, ReadKeyPackage } from "../engine/engine.js";
import { MlsGroupError } from "../errors.js";
import {
  keyPackageHeadStartMs,
  keyPackageLifetimeMs,
  lastDefaultExtension,
} from "../parameters.js";
import { unixSeconds } from "./key-packages.js";
import { welcomeKeyOf } from "./welcome-key.js";
import type { WelcomeKey } from "./welcome-wrapping.js";

/** A key package of another installation that can be used for a certain group now. */
export interface UsableKeyPackage extends ReadKeyPackage {
  readonly welcomeKey: WelcomeKey;
}

/** Fetches key packages. Leaves out installations without one that can be used in the group now. */
export async function fetchKeyPackages(
  installationIds: readonly InstallationId[],
  required: Capabilities,
  context: MlsContext,
  signal: AbortSignal | undefined,
): Promise<readonly UsableKeyPackage[]> {
  if (installationIds.length === 0) return [];
  const { deliveryService, log } = context;
  const fetched = await deliver(
    () => deliveryService.fetchKeyPackages(installationIds, { signal }),
    signal,
  );
  const usable: UsableKeyPackage[] = [];
  for (const [i, id] of installationIds.entries()) {
    try {
      usable.push(await checked(id, fetched[i], required, context));
    } catch (error) {
      if (!(error instanceof MlsGroupError) || error.retryable) throw error;
      log("key-package.refused", { installation: id, code: error.code });
    }
  }
  return usable;
}

async function checked(
  id: InstallationId,
  bytes: Uint8Array | undefined,
  required: Capabilities,
  { engine, authentication, clock }: MlsContext,
): Promise<UsableKeyPackage> {
  if (!bytes || bytes.length === 0) throw refused("a key package", "none");
  const read = await engine.readKeyPackage(bytes);
  checkLifetime(read, clock.nowMs());
  checkCapabilities(read, required);
  if (equalBytes(read.initKey, read.encryptionKey)) {
    throw refused("two keys", "the init key in the leaf as well");
  }
  const welcomeKey = welcomeKeyOf(read);
  const validate = authentication.validate.bind(authentication);
  if (read.installationId !== id || !(await isAuthentic(read, validate))) {
    throw refused(
      "the key package of an installation of its inbox",
      "another's",
    );
  }
  return { ...read, welcomeKey };
}

function checkLifetime(
  { notBefore, notAfter }: ReadKeyPackage,
  nowMs: number,
): void {
  const now = unixSeconds(nowMs);
  const longest = BigInt((keyPackageLifetimeMs + keyPackageHeadStartMs) / 1000);
  const isNow = notBefore <= now && now <= notAfter;
  if (isNow && notAfter - notBefore <= longest) return;
  throw refused(
    `a lifetime around ${now} of at most ${longest} s`,
    `${notBefore} to ${notAfter}`,
  );
}

/** Checks that a leaf supports what the group requires and what its key package contains. */
function checkCapabilities(
  { capabilities, extensions, leafExtensions }: ReadKeyPackage,
  required: Capabilities,
): void {
  const contained = [...extensions, ...leafExtensions].map(({ type }) => type);
  const needed = [...required.extensions, ...contained].filter(
    (type) => type > lastDefaultExtension,
  );
  const missing = [
    ...needed.filter((type) => !capabilities.extensions.includes(type)),
    ...required.proposals.filter(
      (type) => !capabilities.proposals.includes(type),
    ),
  ];
  if (missing.length === 0) return;
  const names = missing.map((type) => `0x${type.toString(16)}`);
  throw refused("a leaf that can do what it has to", `none of ${names}`);
}

async function isAuthentic(
  { credential, installationId }: ReadKeyPackage,
  validate: MlsContext["authentication"]["validate"],
): Promise<boolean> {
  try {
    return await validate(credential, idBytes(installationId));
  } catch (cause) {
    throw new MlsGroupError(
      "authentication-failed",
      "expected an answer about the owner of a key package, got an error",
      { retryable: true, cause },
    );
  }
}

function refused(expected: string, got: string): MlsGroupError {
  return new MlsGroupError(
    "invalid-key-package",
    `expected ${expected}, got ${got}`,
  );
}
