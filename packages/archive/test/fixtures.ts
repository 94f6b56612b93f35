import { fromJson, toJson } from "@bufbuild/protobuf";
import medium from "@history-sync/fixtures/libxmtp/medium.elements.json" with {
  type: "json",
};
import tiny from "@history-sync/fixtures/libxmtp/tiny.elements.json" with {
  type: "json",
};
import consentOnly from "@history-sync/fixtures/libxmtp/tiny-consent-only.elements.json" with {
  type: "json",
};
import empty from "@history-sync/fixtures/libxmtp/tiny-empty-elements.elements.json" with {
  type: "json",
};
import messagesOnly from "@history-sync/fixtures/libxmtp/tiny-messages-only.elements.json" with {
  type: "json",
};
import { BackupElementSchema } from "@history-sync/proto/device-sync";
import { type Element, encodeElement } from "../src/index.js";

/** Every element of libxmtp's archives as proto3 JSON, by the archive's name. */
export const fixtures: Readonly<Record<string, readonly object[]>> = {
  tiny,
  "tiny-messages-only": messagesOnly,
  "tiny-consent-only": consentOnly,
  "tiny-empty-elements": empty,
  medium,
};

export function elementOf(json: object): Element {
  return fromJson(BackupElementSchema, json as never).element;
}

export function jsonOf(element: Element): unknown {
  return toJson(BackupElementSchema, {
    $typeName: "xmtp.device_sync.BackupElement",
    element,
  });
}

/** The frames of a libxmtp archive. */
export async function* framesOf(
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const json of fixtures[name] ?? []) {
    yield encodeElement(elementOf(json));
  }
}

export async function* framesFrom(
  elements: readonly Element[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const element of elements) yield encodeElement(element);
}
