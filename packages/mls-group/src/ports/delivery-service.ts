import type { GroupId, InstallationId } from "@history-sync/primitives";

/** An ordered list of entries: the messages of a group, or the Welcomes for an installation. */
export type Topic =
  | { readonly kind: "group"; readonly groupId: GroupId }
  | { readonly kind: "welcomes"; readonly installationId: InstallationId };

/** A place in a topic: after the entry with this id; 0 is the start. */
export interface TopicPosition {
  readonly topic: Topic;
  readonly afterId: bigint;
}

/** The wrapping of a Welcome. The delivery service passes it on unchanged. */
export interface WelcomeHeader {
  /** The receiver's key that the Welcome is encrypted to, from its key package. */
  readonly hpkePublicKey: Uint8Array;
  /** XMTP's number of the HPKE algorithm. */
  readonly wrapperAlgorithm: number;
  /** XMTP's `WelcomeMetadata`, encrypted with the Welcome; may be empty. */
  readonly metadata: Uint8Array;
}

/** A welcome for one installation, sealed for the welcome topic (xmtp-v3). */
export interface OutgoingWelcome extends WelcomeHeader {
  readonly installationId: InstallationId;
  readonly data: Uint8Array;
}

/** An entry of a topic. */
export interface Delivered {
  readonly topic: Topic;
  /** Is above 0 and below 2^63, and grows strictly within the topic, with gaps. */
  readonly id: bigint;
  /** The delivery service's time, at which a message counts as sent. */
  readonly createdAtNs: bigint;
  readonly data: Uint8Array;
  /** Is set for Welcomes only. */
  readonly welcome?: WelcomeHeader | undefined;
}

/** A page of a topic. */
export interface Page {
  /** The entries, ascending by id. */
  readonly entries: readonly Delivered[];
  /** True if there are more entries after the last one. */
  readonly more: boolean;
}

/** Options of every call to a delivery service. */
export interface DeliveryOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a delivery service treats one group message. */
export interface GroupMessageOptions extends DeliveryOptions {
  /** Lets a push server recognise the sender's own installations: `senderHmac` of `./xmtp` computes it. */
  readonly senderHmac?: Uint8Array | undefined;
  /** True if a push server notifies the other members' devices. Default: false. */
  readonly shouldPush?: boolean | undefined;
}

/**
 * The XMTP node: it keeps key packages, orders messages, and passes them on (RFC 9750 section 5). It is trusted with
 * the order only. To send the same bytes again changes nothing; what was sent is in the very next query; after any
 * error the call may be repeated.
 */
export interface DeliveryService {
  /** Replaces the installation's key package. */
  uploadKeyPackage(
    installationId: InstallationId,
    keyPackage: Uint8Array,
    options?: DeliveryOptions,
  ): Promise<void>;
  /** Returns a key package for each of the installations, in their order; `undefined` where there is none. */
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
   * Yields the entries after each position, then new ones, without gaps and ascending within a topic, until the signal
   * aborts; an entry may be repeated. The delivery service reconnects by itself when a connection breaks.
   *
   * @throws an error that isn't retryable
   */
  subscribe(
    positions: readonly TopicPosition[],
    signal: AbortSignal,
  ): AsyncIterable<Delivered>;
}
