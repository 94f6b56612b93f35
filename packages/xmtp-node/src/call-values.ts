import { type ContextKey, createContextKey } from "@connectrpc/connect";

/** Sends the answer's headers before there is a first message: libxmtp's subscribe call waits for them. */
export const sendHeaders: ContextKey<(headers: Headers) => void> =
  createContextKey<(headers: Headers) => void>(() => {}, {
    description: "sends the headers of the answer",
  });
