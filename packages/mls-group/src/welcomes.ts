import { WelcomeWrapperAlgorithm } from "@history-sync/proto/mls-api";
import type { Delivered, OutgoingWelcome } from "./delivery-service.js";
import { MlsGroupError } from "./errors.js";
import type { GroupRecord, InstallationRecord } from "./group-state-store.js";
import { keyPackageFor } from "./key-packages.js";
import type { UsableKeyPackage } from "./member-key-packages.js";
import type { MlsContext } from "./ports.js";
import {
  decodeWelcomeMetadata,
  encodeWelcomeMetadata,
} from "./welcome-metadata.js";
import {
  unwrapWelcome,
  type WrapperAlgorithm,
  wrapWelcome,
} from "./welcome-wrapping.js";

/** A Welcome for one of those whom a commit adds, in clear until the commit counts. */
export function welcomeFor(
  { installationId, welcomeKey }: UsableKeyPackage,
  data: Uint8Array,
): OutgoingWelcome {
  return {
    installationId,
    data,
    hpkePublicKey: welcomeKey.publicKey,
    wrapperAlgorithm: welcomeKey.algorithm,
    metadata: new Uint8Array(),
  };
}

/**
 * Wraps the Welcomes of a commit that counts, and tells the new members where in the group's order it stands.
 * Whose key takes no Welcome gets none: that one can't join until it has another key package.
 */
export async function wrapped(
  welcomes: readonly OutgoingWelcome[],
  commitId: bigint,
  { log }: Pick<MlsContext, "log">,
): Promise<readonly OutgoingWelcome[]> {
  const place = encodeWelcomeMetadata(commitId);
  const ready: OutgoingWelcome[] = [];
  for (const welcome of welcomes) {
    const { hpkePublicKey: publicKey, installationId } = welcome;
    const algorithm = welcome.wrapperAlgorithm as WrapperAlgorithm;
    try {
      const sealed = await wrapWelcome(
        { algorithm, publicKey },
        welcome.data,
        place,
      );
      ready.push({ ...welcome, ...sealed });
    } catch (error) {
      if (!(error instanceof MlsGroupError)) throw error;
      log("welcome.unsendable", { installation: installationId });
    }
  }
  return ready;
}

/** The group that a Welcome lets us into; `createdAtNs` is when. */
export async function join(
  entry: Delivered,
  installation: InstallationRecord,
  createdAtNs: bigint,
  context: MlsContext,
): Promise<GroupRecord> {
  const { engine } = context;
  if (!entry.welcome) {
    throw new MlsGroupError("invalid-welcome", "expected a Welcome, got none");
  }
  const { hpkePublicKey, wrapperAlgorithm } = entry.welcome;
  const { keyPackage, algorithm, privateKey } = await keyPackageFor(
    hpkePublicKey,
    context,
  );
  if (readAs(wrapperAlgorithm) !== algorithm) {
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a Welcome of algorithm ${algorithm} for its key, got ${wrapperAlgorithm}`,
    );
  }
  const { welcome, metadata } = await unwrapWelcome(algorithm, privateKey, {
    data: entry.data,
    metadata: entry.welcome.metadata,
  });
  const cursor = decodeWelcomeMetadata(metadata);
  const { signatureKey } = installation;
  const { state, addedBy } = await engine.joinGroup(
    welcome,
    keyPackage,
    signatureKey,
  );
  const { id, epoch } = await engine.view(state);
  return {
    id,
    state,
    epoch,
    cursor,
    createdAtNs,
    active: true,
    keysRenewedAtNs: 0n,
    addedBy,
    welcomes: [],
  };
}

/** As XMTP reads it: a number that says nothing means the first algorithm. */
function readAs(wrapperAlgorithm: number): number {
  return wrapperAlgorithm === WelcomeWrapperAlgorithm.UNSPECIFIED
    ? WelcomeWrapperAlgorithm.CURVE25519
    : wrapperAlgorithm;
}
