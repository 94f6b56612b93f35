import { type RunningServer, serve } from "@history-sync/history-server/node";
import type { OpenOptions } from "@history-sync/sync-group";
import { TemporaryFolder } from "@history-sync/test-kit/folders";
import type { ServerProcess } from "@history-sync/test-kit/processes";
import { Actor } from "./actor.ts";
import { startNodeProcess } from "./node-process.ts";
import { OurSyncGroups } from "./our-sync-groups.ts";
import { Ours } from "./ours.ts";
import { Peer } from "./peer.ts";
import { peerCommand } from "./peer-command.ts";

/** Our node and our history server, with installations of libxmtp and of ours on them, in a folder of their own. */
export class World {
  /** The history server's log events. */
  readonly historyServerEvents: readonly string[];
  #node: ServerProcess;
  readonly #historyServer: RunningServer;
  readonly #folder: TemporaryFolder;
  readonly #peer: Peer = new Peer(peerCommand);
  readonly #ours: (Ours | OurSyncGroups)[] = [];

  private constructor(
    node: ServerProcess,
    historyServer: RunningServer,
    historyServerEvents: readonly string[],
    folder: TemporaryFolder,
  ) {
    this.historyServerEvents = historyServerEvents;
    this.#node = node;
    this.#historyServer = historyServer;
    this.#folder = folder;
  }

  static async start(): Promise<World> {
    const folder = new TemporaryFolder();
    const node = await startNodeProcess(folder.file("node"), 0);
    const events: string[] = [];
    const historyServer = await serve({
      port: 0,
      folder: folder.file("blobs"),
      log: (event) => events.push(event),
    });
    return new World(node, historyServer, events, folder);
  }

  get nodeUrl(): string {
    return this.#node.url;
  }

  get historySyncUrl(): string {
    return this.#historyServer.url;
  }

  /** A new file's path. */
  file(name: string): string {
    return this.#folder.file(name);
  }

  /** Creates an installation of libxmtp for a new user, or for the user with the given wallet key. */
  libxmtp(name: string, walletKey?: string): Promise<Actor> {
    return Actor.open(this.#peer, name, {
      url: this.nodeUrl,
      folder: this.#folder.path,
      ...(walletKey === undefined ? {} : { walletKey }),
    });
  }

  /** A new installation of ours, in the same way. */
  async ours(name: string, walletKey?: string): Promise<Ours> {
    const ours = await Ours.register({
      nodeUrl: this.nodeUrl,
      historySyncUrl: this.historySyncUrl,
      storePath: this.file(`${name}.db`),
      ...(walletKey === undefined ? {} : { walletKey }),
    });
    this.#ours.push(ours);
    return ours;
  }

  /** A new installation of ours in the inbox of a wallet, with no more of it than its sync groups. */
  async ourSyncGroups(
    walletKey: string,
    options: Pick<OpenOptions, "newcomerGraceMs"> = {},
  ): Promise<OurSyncGroups> {
    const ours = await OurSyncGroups.register(this.nodeUrl, walletKey, options);
    this.#ours.push(ours);
    return ours;
  }

  /** Ends the node, as an operator or as a crash would, and starts it again where it was. */
  async restartNode(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { port } = this.#node;
    await this.#node.stop(signal);
    this.#node = await startNodeProcess(this.file("node"), port);
  }

  async close(): Promise<void> {
    for (const ours of this.#ours) await ours.close();
    this.#peer.close();
    await this.#historyServer.close();
    await this.#node.stop();
    await this.#folder[Symbol.asyncDispose]();
  }
}
