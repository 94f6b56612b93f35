import type {
  EngineState,
  ForkReason,
  GroupRecord,
  HeldRecord,
  InstallationRecord,
  KeyPackageRecord,
  OutboxPhase,
  OutboxRecord,
  OutgoingWelcome,
  PendingCommit,
  Readded,
  ReceivedRecord,
} from "@history-sync/mls-group";
import {
  groupIdOf,
  idBytes,
  installationId,
  installationIdOf,
} from "@history-sync/primitives";
import {
  bytes,
  type Columns,
  integer,
  optional,
  text,
  type Values,
} from "./row-codec.js";

export function installationValues(record: InstallationRecord): Values {
  return {
    one: 1n,
    signature_key: record.signatureKey,
    credential: record.credential,
    welcome_cursor: record.welcomeCursor,
    renew_at_ns: record.renewAtNs ?? null,
  };
}

export function installationOf(columns: Columns): InstallationRecord {
  return {
    signatureKey: bytes(columns.signature_key),
    credential: bytes(columns.credential),
    welcomeCursor: integer(columns.welcome_cursor),
    ...optional("renewAtNs", columns.renew_at_ns, integer),
  };
}

export function keyPackageValues(record: KeyPackageRecord): Values {
  return {
    init_key: record.initKey,
    bytes: record.bytes,
    init_private_key: record.initPrivateKey,
    encryption_private_key: record.encryptionPrivateKey,
    welcome_public_key: record.welcomeKey?.publicKey ?? null,
    welcome_private_key: record.welcomeKey?.privateKey ?? null,
    created_at_ns: record.createdAtNs,
    published: BigInt(record.published),
    wipe_at_ns: record.wipeAtNs ?? null,
  };
}

export function keyPackageOf(columns: Columns): KeyPackageRecord {
  return {
    initKey: bytes(columns.init_key),
    bytes: bytes(columns.bytes),
    initPrivateKey: bytes(columns.init_private_key),
    encryptionPrivateKey: bytes(columns.encryption_private_key),
    ...optional("welcomeKey", columns.welcome_public_key, (publicKey) => ({
      publicKey: bytes(publicKey),
      privateKey: bytes(columns.welcome_private_key),
    })),
    createdAtNs: integer(columns.created_at_ns),
    published: columns.published === 1n,
    ...optional("wipeAtNs", columns.wipe_at_ns, integer),
  };
}

export function groupValues(record: GroupRecord): Values {
  return {
    id: idBytes(record.id),
    ...stateValues(record.state),
    epoch: record.epoch,
    cursor: record.cursor,
    created_at_ns: record.createdAtNs,
    active: BigInt(record.active),
    keys_renewed_at_ns: record.keysRenewedAtNs,
    added_by: record.addedBy ? idBytes(record.addedBy.installationId) : null,
    added_by_credential: record.addedBy?.credential ?? null,
    readded: record.readded ? readdedText(record.readded) : null,
    fork_epoch: record.fork?.epoch ?? null,
    fork_since_ns: record.fork?.sinceNs ?? null,
    fork_reason: record.fork?.reason ?? null,
  };
}

export function groupOf(
  columns: Columns,
  pending: PendingCommit | undefined,
  welcomes: readonly OutgoingWelcome[],
): GroupRecord {
  return {
    id: groupIdOf(bytes(columns.id)),
    state: stateOf(columns),
    epoch: integer(columns.epoch),
    cursor: integer(columns.cursor),
    createdAtNs: integer(columns.created_at_ns),
    active: columns.active === 1n,
    keysRenewedAtNs: integer(columns.keys_renewed_at_ns),
    ...optional("addedBy", columns.added_by, (id) => ({
      installationId: installationIdOf(bytes(id)),
      credential: bytes(columns.added_by_credential),
    })),
    ...optional("readded", columns.readded, readdedOf),
    ...optional("fork", columns.fork_epoch, (epoch) => ({
      epoch: integer(epoch),
      sinceNs: integer(columns.fork_since_ns),
      reason: text(columns.fork_reason) as ForkReason,
    })),
    ...(pending && { pending }),
    welcomes,
  };
}

export function pendingValues(
  groupId: Uint8Array,
  pending: PendingCommit,
): Values {
  return {
    group_id: groupId,
    epoch: pending.epoch,
    message: pending.message,
    hash: pending.hash,
    ...stateValues(pending.nextState),
  };
}

export function pendingOf(
  columns: Columns,
  welcomes: readonly OutgoingWelcome[],
): PendingCommit {
  return {
    epoch: integer(columns.epoch),
    message: bytes(columns.message),
    hash: bytes(columns.hash),
    nextState: stateOf(columns),
    welcomes,
  };
}

export function welcomeValues(
  groupId: Uint8Array,
  pending: boolean,
  welcome: OutgoingWelcome,
): Values {
  return {
    group_id: groupId,
    pending: BigInt(pending),
    installation_id: idBytes(welcome.installationId),
    data: welcome.data,
    hpke_public_key: welcome.hpkePublicKey,
    wrapper_algorithm: BigInt(welcome.wrapperAlgorithm),
    metadata: welcome.metadata,
  };
}

export function welcomeOf(columns: Columns): OutgoingWelcome {
  return {
    installationId: installationIdOf(bytes(columns.installation_id)),
    data: bytes(columns.data),
    hpkePublicKey: bytes(columns.hpke_public_key),
    wrapperAlgorithm: Number(columns.wrapper_algorithm),
    metadata: bytes(columns.metadata),
  };
}

export function outboxValues(record: OutboxRecord): Values {
  return {
    group_id: idBytes(record.groupId),
    id: record.id,
    epoch: record.epoch,
    message: record.message,
    hash: record.hash,
    plaintext: record.plaintext,
    phase: record.phase,
    should_push: BigInt(record.shouldPush),
  };
}

export function outboxOf(columns: Columns): OutboxRecord {
  return {
    groupId: groupIdOf(bytes(columns.group_id)),
    id: text(columns.id),
    epoch: integer(columns.epoch),
    message: bytes(columns.message),
    hash: bytes(columns.hash),
    plaintext: bytes(columns.plaintext),
    phase: text(columns.phase) as OutboxPhase,
    shouldPush: columns.should_push === 1n,
  };
}

export function receivedValues(record: ReceivedRecord): Values {
  return {
    group_id: idBytes(record.groupId),
    sequence: record.sequence,
    sender: idBytes(record.sender),
    credential: record.credential,
    own: BigInt(record.own),
    epoch: record.epoch,
    sent_at_ns: record.sentAtNs,
    plaintext: record.plaintext,
  };
}

export function receivedOf(columns: Columns): ReceivedRecord {
  return {
    groupId: groupIdOf(bytes(columns.group_id)),
    sequence: integer(columns.sequence),
    sender: installationIdOf(bytes(columns.sender)),
    credential: bytes(columns.credential),
    own: columns.own === 1n,
    epoch: integer(columns.epoch),
    sentAtNs: integer(columns.sent_at_ns),
    plaintext: bytes(columns.plaintext),
  };
}

export function heldValues(record: HeldRecord): Values {
  return {
    group_id: idBytes(record.groupId),
    sequence: record.sequence,
    epoch: record.epoch,
    sent_at_ns: record.sentAtNs,
    data: record.data,
  };
}

export function heldOf(columns: Columns): HeldRecord {
  return {
    groupId: groupIdOf(bytes(columns.group_id)),
    sequence: integer(columns.sequence),
    epoch: integer(columns.epoch),
    sentAtNs: integer(columns.sent_at_ns),
    data: bytes(columns.data),
  };
}

// JSON numbers can't hold 64 bits, so they are texts.
function readdedText(readded: readonly Readded[]): string {
  return JSON.stringify(
    readded.map(({ installationId, sequence, atNs }) => [
      installationId,
      `${sequence}`,
      `${atNs}`,
    ]),
  );
}

function readdedOf(column: Columns[string]): readonly Readded[] {
  const rows: readonly [string, string, string][] = JSON.parse(text(column));
  return rows.map(([id, sequence, atNs]) => ({
    installationId: installationId(id),
    sequence: BigInt(sequence),
    atNs: BigInt(atNs),
  }));
}

function stateValues(state: EngineState): Values {
  return {
    state_engine: state.engine,
    state_version: BigInt(state.version),
    state_bytes: state.bytes,
  };
}

function stateOf(columns: Columns): EngineState {
  return {
    engine: text(columns.state_engine),
    version: Number(columns.state_version),
    bytes: bytes(columns.state_bytes),
  };
}
