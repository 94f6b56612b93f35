import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  WelcomeMetadataSchema,
  WelcomeWrapperAlgorithm,
} from "@history-sync/proto/mls-api";
import type { MlsContext } from "../context.js";
import { MlsGroupError } from "../errors.js";
import type { Delivered, OutgoingWelcome } from "../ports/delivery-service.js";
import type {
  GroupRecord,
  InstallationRecord,
} from "../ports/group-state-store.js";
import { keyPackageFor } from "./key-packages.js";
import type { UsableKeyPackage } from "./member-key-packages.js";
import {
  unwrapWelcome,
  type WrapperAlgorithm,
  wrapWelcome,
} from "./welcome-wrapping.js";

/** Returns the Welcome for an installation that a commit adds. It stays in clear until the commit counts. */
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
 * Wraps the Welcomes of a commit that counts, with the commit's place in the group's order. Leaves out an
 * installation with an unusable key: it can't join until it has another key package.
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

/**
 * Returns the group that a Welcome offers, created at `createdAtNs`.
 *
 * @throws {MlsGroupError} `invalid-welcome`, `unknown-key-package`
 */
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

/** Returns the algorithm. As in XMTP, an unspecified number means the first one. */
function readAs(wrapperAlgorithm: number): number {
  return wrapperAlgorithm === WelcomeWrapperAlgorithm.UNSPECIFIED
    ? WelcomeWrapperAlgorithm.CURVE25519
    : wrapperAlgorithm;
}

const maxCursor = 2n ** 63n - 1n;

export function encodeWelcomeMetadata(
  messageCursor: bigint,
): Uint8Array<ArrayBuffer> {
  const metadata = create(WelcomeMetadataSchema, { messageCursor });
  return toBinary(WelcomeMetadataSchema, metadata);
}

/**
 * Returns the place of the commit in the group's topic; 0 if the metadata doesn't say.
 *
 * @throws {MlsGroupError} `invalid-welcome`
 */
export function decodeWelcomeMetadata(bytes: Uint8Array): bigint {
  const { messageCursor } = decoded(bytes);
  if (messageCursor <= maxCursor) return messageCursor;
  throw new MlsGroupError(
    "invalid-welcome",
    `expected a message cursor below 2^63, got ${messageCursor}`,
  );
}

function decoded(bytes: Uint8Array): { readonly messageCursor: bigint } {
  try {
    return fromBinary(WelcomeMetadataSchema, bytes);
  } catch (cause) {
    throw new MlsGroupError(
      "invalid-welcome",
      `expected a Welcome's metadata, got ${bytes.length} other bytes`,
      { cause },
    );
  }
}
