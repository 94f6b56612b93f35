import type { HistoryServer } from "@history-sync/sync-worker";

/** A history server that takes the first bytes of each upload, and then no more; `stuck` resolves when it has some. */
export function stuckUploads(server: HistoryServer): {
  readonly server: HistoryServer;
  readonly stuck: Promise<void>;
} {
  const [stuck, stick] = gate();
  const upload: HistoryServer["upload"] = (url, body, options) =>
    server.upload(
      url,
      body.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            controller.enqueue(chunk);
            stick();
            return new Promise(() => {});
          },
        }),
      ),
      options,
    );
  return { server: { ...server, upload }, stuck };
}

/** A history server that begins no upload before `open` is called; `asked` resolves when there is one to begin. */
export function heldUploads(server: HistoryServer): {
  readonly server: HistoryServer;
  readonly asked: Promise<void>;
  readonly open: () => void;
} {
  const [asked, ask] = gate();
  const [opened, open] = gate();
  const upload: HistoryServer["upload"] = async (url, body, options) => {
    ask();
    await opened;
    return server.upload(url, body, options);
  };
  return { server: { ...server, upload }, asked, open };
}

/** A promise, and what resolves it. */
function gate(): readonly [Promise<void>, () => void] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, open];
}
