import type { GroupId, InstallationId } from "@history-sync/primitives";

/** What has an order of its own: the messages of a group, or the Welcomes for an installation. */
export type Topic =
  | { readonly kind: "group"; readonly groupId: GroupId }
  | { readonly kind: "welcomes"; readonly installationId: InstallationId };

/** A place in a topic: behind the entry with this id; 0 is the start. */
export interface TopicPosition {
  readonly topic: Topic;
  readonly afterId: bigint;
}

/** How a Welcome is wrapped; the delivery service passes it on unchanged. */
export interface WelcomeHeader {
  /** The receiver's key that the Welcome is encrypted to: one that its key package names. */
  readonly hpkePublicKey: Uint8Array;
  /** XMTP's number of the HPKE algorithm. */
  readonly wrapperAlgorithm: number;
  /** XMTP's `WelcomeMetadata`, encrypted with the Welcome; may be empty. */
  readonly metadata: Uint8Array;
}

export interface OutgoingWelcome extends WelcomeHeader {
  readonly installationId: InstallationId;
  readonly data: Uint8Array;
}

/** An entry of a topic. */
export interface Delivered {
  readonly topic: Topic;
  /** Above 0 and below 2^63; grows strictly within the topic, with gaps. */
  readonly id: bigint;
  /** The delivery service's time: the time at which a message counts as sent. */
  readonly createdAtNs: bigint;
  readonly data: Uint8Array;
  /** Set for Welcomes only. */
  readonly welcome?: WelcomeHeader | undefined;
}

export interface Page {
  /** Ascending by id. */
  readonly entries: readonly Delivered[];
  /** Whether to ask again, behind the last entry. */
  readonly more: boolean;
}

export interface DeliveryOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GroupMessageOptions extends DeliveryOptions {
  /** By which a push server leaves out the sender's own installations: `senderHmac` of `./xmtp` makes it. */
  readonly senderHmac?: Uint8Array | undefined;
  /** Whether a push server shall tell the other members' devices of it. Default: false. */
  readonly shouldPush?: boolean | undefined;
}

/**
 * The node: keeps key packages, puts messages in order, and passes them on (RFC 9750 section 5).
 * It is trusted with nothing but order. Sending the same bytes again changes nothing; what was sent is in the very
 * next query; any error may be answered by trying again.
 */
export interface DeliveryService {
  /** Replaces the installation's key package. */
  uploadKeyPackage(
    installationId: InstallationId,
    keyPackage: Uint8Array,
    options?: DeliveryOptions,
  ): Promise<void>;
  /** As many as were asked for, in that order; `undefined` where there is none. */
  fetchKeyPackages(
    installationIds: readonly InstallationId[],
    options?: DeliveryOptions,
  ): Promise<readonly (Uint8Array | undefined)[]>;
  /** Appends an MLSMessage to a group's topic. */
  sendGroupMessage(
    groupId: GroupId,
    data: Uint8Array,
    options?: GroupMessageOptions,
  ): Promise<void>;
  sendWelcomes(
    welcomes: readonly OutgoingWelcome[],
    options?: DeliveryOptions,
  ): Promise<void>;
  query(
    topic: Topic,
    afterId: bigint,
    options?: DeliveryOptions,
  ): Promise<Page>;
  /**
   * What stands behind each position, then what comes, without gaps, until the signal aborts or the connection ends.
   * Ascending within a topic; an entry may come twice.
   */
  subscribe(
    positions: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncIterable<Delivered>;
}
