import type { Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { deliveryServiceContract } from "@history-sync/mls-group/testing";
import {
  type InstallationId,
  idBytes,
  installationIdOf,
  systemRandomBytes,
} from "@history-sync/primitives";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { NodeDeliveryService } from "@history-sync/xmtp-node-client";
import { grpcWebTransport } from "@history-sync/xmtp-node-client/web";
import { connectTo, startNode } from "./support/nodes.js";
import { TestInstallation } from "./support/test-installation.js";

const signer = new TestInstallation();

/** The contract invents installations without keys; the node goes by the key that signed. */
class OneSignersService extends NodeDeliveryService {
  readonly #uploaded = new Set<InstallationId>();

  override async uploadKeyPackage(
    installationId: InstallationId,
    keyPackage: Uint8Array,
  ): Promise<void> {
    this.#uploaded.add(installationId);
    await super.uploadKeyPackage(installationId, keyPackage);
  }

  override fetchKeyPackages(
    installationIds: readonly InstallationId[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    return super.fetchKeyPackages(
      installationIds.map((id) =>
        this.#uploaded.has(id) ? installationIdOf(signer.key) : id,
      ),
    );
  }
}

for (const [name, connect] of [
  ["gRPC over HTTP/2", connectTo],
  ["gRPC-web over HTTP/1.1", ({ url }) => grpcWebTransport(url)],
  [
    "Connect over HTTP/1.1",
    ({ url: baseUrl }) => createConnectTransport({ baseUrl }),
  ],
] as const satisfies readonly (readonly [
  string,
  (node: { url: string }) => Transport,
])[]) {
  deliveryServiceContract(
    name,
    async () => new OneSignersService(connect(await startNode())),
    {
      message: (topic, n) =>
        topic.kind === "group"
          ? privateMessage(idBytes(topic.groupId), { n })
          : systemRandomBytes(100),
      keyPackage: () => signer.keyPackage(),
    },
  );
}
