import { type Client, Code, createClient } from "@connectrpc/connect";
import {
  addIdentifier,
  createInbox,
  identityLog,
  type SmartContractVerifier,
  signUpdate,
} from "@history-sync/identity";
import {
  installationKeySigner,
  privateKeySigner,
} from "@history-sync/identity/private-key";
import { identityServiceContract } from "@history-sync/identity/testing";
import { systemRandomBytes } from "@history-sync/primitives";
import { IdentifierKind } from "@history-sync/proto/identity";
import { IdentityApi } from "@history-sync/proto/identity-api";
import { NodeIdentityService } from "@history-sync/xmtp-node-client";
import { describe, expect, test } from "vitest";
import { connectTo, startNode } from "./support/nodes.js";

identityServiceContract("a node over gRPC", async () => {
  const node = await startNode();
  const service = new NodeIdentityService(connectTo(node));
  return { service, close: () => node.close() };
});

const apiOf = (node: { url: string }): Client<typeof IdentityApi> =>
  createClient(IdentityApi, connectTo(node));

describe("the logs of a node", () => {
  test("end where their limit is, and still count what is in them", async () => {
    const node = await startNode({ limits: { maxInboxUpdates: 2 } });
    const service = new NodeIdentityService(connectTo(node));
    const owner = privateKeySigner(systemRandomBytes(32));
    const app = installationKeySigner(systemRandomBytes(32));
    const by = owner.identifier();
    const at = (seconds: bigint) => ({
      clientTimestampNs: seconds * 1_000_000_000n,
    });
    const creation = createInbox(by, app.installationId, at(1n));
    const first = await signUpdate(creation, [owner, app]);
    await service.publish(first);
    const log = identityLog({ service });
    const addAnother = async (seconds: bigint) => {
      const snapshot = await log.state(creation.inboxId);
      if (!snapshot) throw new TypeError("there is no inbox");
      const another = privateKeySigner(systemRandomBytes(32));
      const draft = addIdentifier(snapshot.state, another.identifier(), {
        by,
        ...at(seconds),
      });
      await service.publish(await signUpdate(draft, [owner, another]));
    };
    await addAnother(2n);
    await expect(addAnother(3n)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("inbox log is full"),
    });
    // The answer of the first one may have been lost.
    await service.publish(first);
    expect(await service.updates(creation.inboxId, 0n)).toHaveLength(2);
  });

  test("give identifiers back as they were asked for", async () => {
    const api = apiOf(await startNode());
    const requests = [
      { identifier: "0xABC", identifierKind: IdentifierKind.UNSPECIFIED },
      { identifier: "02ff", identifierKind: IdentifierKind.PASSKEY },
    ];
    const { responses } = await api.getInboxIds({ requests });
    expect(responses).toMatchObject(requests);
    expect(responses.map(({ inboxId }) => inboxId)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("take no update that is none", async () => {
    const api = apiOf(await startNode());
    for (const request of [
      {},
      { identityUpdate: {} },
      { identityUpdate: { inboxId: "ab".repeat(32) } },
    ]) {
      await expect(api.publishIdentityUpdate(request)).rejects.toMatchObject({
        code: Code.InvalidArgument,
      });
    }
    await expect(
      api.getIdentityUpdates({ requests: [{ inboxId: "alix" }] }),
    ).rejects.toMatchObject({ code: Code.InvalidArgument });
  });
});

describe("signatures of smart-contract wallets", () => {
  const account = `eip155:1:0x${"Ab".repeat(20)}`;
  const ask = async (
    smartContracts: SmartContractVerifier | undefined,
    accountId = account,
  ) => {
    const node = await startNode(smartContracts ? { smartContracts } : {});
    const { responses } = await apiOf(node).verifySmartContractWalletSignatures(
      {
        signatures: [{ accountId, blockNumber: 7n, hash: new Uint8Array(32) }],
      },
    );
    return responses;
  };

  test("are checked by who can ask the chain", async () => {
    const asked: unknown[] = [];
    const responses = await ask({
      isValid: async (question) => {
        asked.push(question);
        return true;
      },
    });
    expect(responses).toMatchObject([{ isValid: true, blockNumber: 7n }]);
    expect(asked).toMatchObject([
      { chainId: 1n, address: `0x${"ab".repeat(20)}`, blockNumber: 7n },
    ]);
  });

  test("are not valid where nobody can, where the chain is silent, or the account is none", async () => {
    const silent = { isValid: () => Promise.reject(new TypeError("silent")) };
    for (const responses of [
      await ask(undefined),
      await ask(silent),
      await ask({ isValid: async () => true }, "solana:1:abc"),
    ]) {
      expect(responses).toMatchObject([
        { isValid: false, error: expect.any(String) },
      ]);
    }
  });
});
