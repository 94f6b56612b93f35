import legacyUrl from "@history-sync/fixtures/libxmtp/archive-legacy.xmtp?inline";
import mediumElements from "@history-sync/fixtures/libxmtp/medium.elements.json" with {
  type: "json",
};
import medium from "@history-sync/fixtures/libxmtp/medium.json" with {
  type: "json",
};
import mediumUrl from "@history-sync/fixtures/libxmtp/medium.xmtp?inline";
import tinyElements from "@history-sync/fixtures/libxmtp/tiny.elements.json" with {
  type: "json",
};
import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import tinyUrl from "@history-sync/fixtures/libxmtp/tiny.xmtp?inline";
import consentElements from "@history-sync/fixtures/libxmtp/tiny-consent-only.elements.json" with {
  type: "json",
};
import consent from "@history-sync/fixtures/libxmtp/tiny-consent-only.json" with {
  type: "json",
};
import consentUrl from "@history-sync/fixtures/libxmtp/tiny-consent-only.xmtp?inline";
import emptyElements from "@history-sync/fixtures/libxmtp/tiny-empty-elements.elements.json" with {
  type: "json",
};
import empty from "@history-sync/fixtures/libxmtp/tiny-empty-elements.json" with {
  type: "json",
};
import emptyUrl from "@history-sync/fixtures/libxmtp/tiny-empty-elements.xmtp?inline";
import messagesElements from "@history-sync/fixtures/libxmtp/tiny-messages-only.elements.json" with {
  type: "json",
};
import messages from "@history-sync/fixtures/libxmtp/tiny-messages-only.json" with {
  type: "json",
};
import messagesUrl from "@history-sync/fixtures/libxmtp/tiny-messages-only.xmtp?inline";
import { fromHex } from "@history-sync/primitives";

/** An archive that libxmtp made, and what is in it. */
export interface Vector {
  readonly name: string;
  readonly url: string;
  readonly key: Uint8Array;
  /** Each element in proto3 JSON. */
  readonly elements: readonly unknown[];
}

export const tinyVector: Vector = {
  name: "tiny",
  url: tinyUrl,
  key: fromHex(tiny.keyHex),
  elements: tinyElements,
};

export const vectors: readonly Vector[] = [
  tinyVector,
  {
    name: "tiny-messages-only",
    url: messagesUrl,
    key: fromHex(messages.keyHex),
    elements: messagesElements,
  },
  {
    name: "tiny-consent-only",
    url: consentUrl,
    key: fromHex(consent.keyHex),
    elements: consentElements,
  },
  {
    name: "tiny-empty-elements",
    url: emptyUrl,
    key: fromHex(empty.keyHex),
    elements: emptyElements,
  },
  {
    name: "medium",
    url: mediumUrl,
    key: fromHex(medium.keyHex),
    elements: mediumElements,
  },
];

/** libxmtp's own vector of the time when all records had one nonce; its key is all zero. */
export const legacyVector: Omit<Vector, "elements"> = {
  name: "archive-legacy",
  url: legacyUrl,
  key: new Uint8Array(32),
};

export async function load(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
