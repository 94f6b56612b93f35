import { fromHex, toHex } from "@history-sync/primitives";
import {
  type Appended,
  conflict,
  type Entry,
  type NewEntry,
  type NodeStorage,
  type ReadPage,
  type ReadRange,
  storageClosed,
  type TopicName,
} from "@history-sync/xmtp-node/storage";
import {
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { isConflict, isStreamMissing, natsError } from "./nats-error.js";
import { Replica } from "./replica.js";

/** The NATS server, the stream and the replica of a node's storage. */
export interface NatsNodeStorageOptions {
  /** Such as `nats://127.0.0.1:4222`. */
  readonly url: string;
  /** Where what was read of the stream is kept between two starts; in memory where absent. One process a file. */
  readonly replicaPath?: string;
  /** The stream, and the first part of its subjects; `defaultStreamName` where absent. */
  readonly streamName?: string;
  /** Copies in a NATS cluster; taken when the stream is made. */
  readonly replicas?: number;
  /** How long NATS has for an answer; `defaultTimeoutMs` where absent. */
  readonly timeoutMs?: number;
}

/** The stream that is used where `streamName` is absent. */
export const defaultStreamName = "xmtp-node";

/** NATS' own. */
export const defaultTimeoutMs = 5_000;

const reconnectWaitMs = 250;
/** How long NATS knows a message id; what comes later is found in the replica. */
const duplicateWindowNs = 120_000_000_000;
const messageIdHeader = "Nats-Msg-Id";

/**
 * A node's storage in one NATS JetStream stream, with its sequence numbers as ids. Any number of nodes share it: each
 * follows the stream into its own replica, and answers from there once it has what the stream had when it was asked.
 *
 * @example
 * ```ts
 * import { serveNode } from "@history-sync/xmtp-node/node";
 * import { NatsNodeStorage } from "@history-sync/xmtp-node-nats/node";
 *
 * const storage = await NatsNodeStorage.open({ url: "nats://127.0.0.1:4222" });
 * await using node = await serveNode({ storage });
 * console.log(node.url);
 * ```
 */
export class NatsNodeStorage implements NodeStorage {
  readonly #connection: NatsConnection;
  readonly #jetStream: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #streamName: string;
  readonly #replica: Replica;
  readonly #messages: ConsumerMessages;
  readonly #following: Promise<void>;
  #asking: Promise<bigint> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    connection: NatsConnection,
    jetStream: JetStreamClient,
    manager: JetStreamManager,
    streamName: string,
    replica: Replica,
    messages: ConsumerMessages,
  ) {
    this.#connection = connection;
    this.#jetStream = jetStream;
    this.#manager = manager;
    this.#streamName = streamName;
    this.#replica = replica;
    this.#messages = messages;
    this.#following = this.#follow().catch((error) =>
      replica.fail(natsError(error)),
    );
  }

  /** Connects, makes the stream if there is none, and reads what it has. */
  static async open(options: NatsNodeStorageOptions): Promise<NatsNodeStorage> {
    const { url, replicaPath = ":memory:", replicas = 1 } = options;
    const { timeoutMs: timeout = defaultTimeoutMs } = options;
    const streamName = options.streamName ?? defaultStreamName;
    let connection: NatsConnection | undefined;
    try {
      connection = await connect({
        servers: url,
        maxReconnectAttempts: -1,
        reconnectTimeWait: reconnectWaitMs,
        timeout,
      });
      const manager = await jetstreamManager(connection, { timeout });
      const { created } = await manager.streams
        .info(streamName)
        .catch((error) => {
          if (!isStreamMissing(error)) throw error;
          return makeStream(manager, streamName, replicas);
        });
      const replica = new Replica(replicaPath, `${streamName} ${created}`);
      const jetStream = jetstream(connection, { timeout });
      const consumer = await jetStream.consumers.get(streamName, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: Number(replica.appliedId) + 1,
      });
      const messages = await consumer.consume({ max_messages: 1_000 });
      const storage = new NatsNodeStorage(
        connection,
        jetStream,
        manager,
        streamName,
        replica,
        messages,
      );
      await storage.#caughtUp();
      return storage;
    } catch (error) {
      await connection?.close();
      throw natsError(error);
    }
  }

  async append(entry: NewEntry): Promise<Appended> {
    if (this.#closing !== undefined) throw storageClosed();
    const { topic, body, digest, expectedLastId } = entry;
    const { table } = this.#replica;
    const known = digest && table.idOfDigest(topic, digest);
    if (known) return { id: known, duplicate: true };
    try {
      const { seq, duplicate } = await this.#jetStream.publish(
        this.#subjectOf(topic),
        body,
        {
          ...(digest && { msgID: `${topic}/${toHex(digest)}` }),
          ...(expectedLastId !== undefined && {
            expect: { lastSubjectSequence: Number(expectedLastId) },
          }),
        },
      );
      await this.#replica.reached(BigInt(seq));
      const id = (digest && table.idOfDigest(topic, digest)) ?? BigInt(seq);
      return { id, duplicate: duplicate || id !== BigInt(seq) };
    } catch (error) {
      if (expectedLastId === undefined || !isConflict(error)) {
        throw natsError(error);
      }
      await this.#caughtUp();
      throw conflict(expectedLastId, table.newest(topic)?.id ?? 0n);
    }
  }

  async read(topic: TopicName, range: ReadRange): Promise<ReadPage> {
    await this.#caughtUp();
    return this.#replica.table.read(topic, range);
  }

  async newest(
    topics: readonly TopicName[],
  ): Promise<readonly (Entry | undefined)[]> {
    await this.#caughtUp();
    return topics.map((topic) => this.#replica.table.newest(topic));
  }

  follow(listener: (entry: Entry) => void): () => void {
    return this.#replica.followers.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#messages.close();
      await this.#following;
      await this.#connection.close();
      this.#replica.close();
    })();
    return this.#closing;
  }

  /** Waits until the replica has all that the stream had when this was called. */
  async #caughtUp(): Promise<void> {
    if (this.#closing !== undefined) throw storageClosed();
    const asked = this.#asking ?? this.#ask();
    try {
      await this.#replica.reached(await asked);
    } catch (error) {
      throw natsError(error);
    }
  }

  /** The stream's last sequence; calls of one moment share one question, which is asked after all of them. */
  #ask(): Promise<bigint> {
    this.#asking = new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#asking = undefined;
        this.#manager.streams
          .info(this.#streamName)
          .then(({ state }) => resolve(BigInt(state.last_seq)), reject);
      });
    });
    return this.#asking;
  }

  async #follow(): Promise<void> {
    for await (const message of this.#messages) {
      this.#replica.take({
        id: BigInt(message.seq),
        topic: this.#topicOf(message.subject),
        createdAtNs: BigInt(message.info.timestampNanos),
        // A copy: NATS gives a view of what it has read.
        body: new Uint8Array(message.data),
        digest: digestOf(message),
      });
    }
  }

  #subjectOf(topic: TopicName): string {
    return `${this.#streamName}.${topic}`;
  }

  #topicOf(subject: string): TopicName {
    return subject.slice(this.#streamName.length + 1) as TopicName;
  }
}

async function makeStream(
  manager: JetStreamManager,
  name: string,
  replicas: number,
): Promise<{ readonly created: string }> {
  return await manager.streams.add({
    name,
    subjects: [`${name}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // An acknowledged entry is never discarded for a new one.
    discard: DiscardPolicy.New,
    duplicate_window: duplicateWindowNs,
    num_replicas: replicas,
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
  });
}

/** Of the message id that `append` has made. */
function digestOf({ headers }: JsMsg): Uint8Array | undefined {
  const id = headers?.get(messageIdHeader) ?? "";
  const hex = id.slice(id.indexOf("/") + 1);
  return hex === "" ? undefined : fromHex(hex);
}
