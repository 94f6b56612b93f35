import { systemRandomBytes } from "@history-sync/primitives";
import { MlsApi } from "@history-sync/proto/mls-api";
import { privateMessage } from "@history-sync/test-kit/mls-bytes";
import { unaryCalls } from "./unary-calls.ts";

const messages = 20_000;
const atOnce = 100;
const groups = 50;

/** Sends messages of 1 kB to 50 groups, one a call, 100 at a time; each counts when the node has acknowledged it. */
export async function throughput(url: string) {
  const calls = unaryCalls(url);
  const groupIds = Array.from({ length: groups }, () => systemRandomBytes(16));
  let next = 0;
  const send = async () => {
    while (next < messages) {
      const n = next++;
      const groupId = groupIds[n % groups] ?? new Uint8Array();
      const data = privateMessage(groupId, { n, bytes: 1_000 });
      await calls.call(MlsApi.method.sendGroupMessages, {
        messages: [{ version: { case: "v1", value: { data } } }],
      });
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, send));
  const seconds = (performance.now() - startMs) / 1_000;
  calls.close();
  return {
    messages,
    atOnce,
    seconds: Number(seconds.toFixed(2)),
    messagesPerSecond: Math.round(messages / seconds),
  };
}
