import { once } from "node:events";
import { connect } from "node:net";
import { Code, createClient } from "@connectrpc/connect";
import { systemRandomBytes } from "@history-sync/primitives";
import { IdentityApi } from "@history-sync/proto/identity-api";
import { MlsApi } from "@history-sync/proto/mls-api";
import { describe, expect, test } from "vitest";
import { connectTo, startNode } from "./support/nodes.js";

describe("a node's port", () => {
  test("says that it is well, and what it has counted", async () => {
    const node = await startNode();
    const health = await fetch(`${node.url}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
    const api = createClient(MlsApi, connectTo(node));
    await api.queryGroupMessages({ groupId: systemRandomBytes(16) });
    await expect(api.queryGroupMessages({})).rejects.toThrow();
    const metrics = await fetch(`${node.url}/metrics`);
    expect(metrics.headers.get("content-type")).toContain("version=0.0.4");
    const text = await metrics.text();
    for (const code of ["Ok", "InvalidArgument"]) {
      expect(text).toContain(
        `xmtp_node_calls_total{method="QueryGroupMessages",code="${code}"} 1\n`,
      );
    }
    expect(text).toContain(
      'xmtp_node_call_seconds_count{method="QueryGroupMessages"} 2\n',
    );
  });

  test("lets pages of any origin in", async () => {
    const { url } = await startNode();
    const path = `${url}/${MlsApi.typeName}/QueryGroupMessages`;
    const preflight = await fetch(path, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "POST",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain(
      "X-Grpc-Web",
    );
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ groupId: "AAAA" }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("knows no other paths", async () => {
    const { url } = await startNode();
    expect((await fetch(`${url}/`)).status).toBe(404);
    const unknown = await fetch(`${url}/xmtp.mls.api.v1.MlsApi/Subscribe`, {
      method: "POST",
      headers: { "content-type": "application/grpc" },
      body: new Uint8Array(5),
    });
    expect(unknown.headers.get("grpc-status")).toBe(`${Code.Unimplemented}`);
  });

  test("takes HTTP/1.1 that comes byte by byte", async () => {
    const { port } = await startNode();
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    for (const byte of Buffer.from(
      "PUT /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )) {
      await new Promise((written) =>
        socket.write(Uint8Array.of(byte), written),
      );
    }
    let text = "";
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  test("hangs up on idle connections when it closes", async () => {
    const node = await startNode({ limits: { closeGraceMs: 60_000 } });
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    await createClient(MlsApi, connectTo(node)).fetchKeyPackages({});
    await node.close();
    await expect(fetch(`${node.url}/healthz`)).rejects.toThrow();
  });

  test("survives bytes of no protocol", async () => {
    const node = await startNode();
    for (const garbage of [
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxxxxxxxxxxxxx"),
      systemRandomBytes(100),
      Buffer.from("PR"),
    ]) {
      const socket = connect(node.port, "127.0.0.1");
      const closed = once(socket, "close");
      socket.on("error", () => {});
      socket.resume();
      socket.end(garbage);
      await closed;
    }
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
  });

  test("counts requests by address", async () => {
    const node = await startNode({ limits: { requestsPerMinute: 3 } });
    const api = createClient(IdentityApi, connectTo(node));
    for (let n = 0; n < 3; n++) await api.getInboxIds({});
    await expect(api.getInboxIds({})).rejects.toMatchObject({
      code: Code.ResourceExhausted,
    });
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
  });

  test("refuses a request that is too large", async () => {
    const node = await startNode({ limits: { maxRequestBytes: 1_000 } });
    const api = createClient(MlsApi, connectTo(node));
    const groupIds = Array.from({ length: 100 }, () => systemRandomBytes(16));
    await expect(api.getNewestGroupMessage({ groupIds })).rejects.toMatchObject(
      { code: Code.ResourceExhausted },
    );
  });
});
