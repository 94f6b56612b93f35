import type { Extension } from "../parameters.js";

// The engine names the extensions of RFC 9420 and numbers all others.
const names = {
  application_id: 1,
  ratchet_tree: 2,
  required_capabilities: 3,
  external_pub: 4,
  external_senders: 5,
} as const;

type Name = keyof typeof names;

export interface EngineExtension {
  extensionType: Name | number;
  extensionData: Uint8Array;
}

const nameOf = new Map<number, Name>(
  Object.entries(names).map(([name, type]) => [type, name as Name]),
);

export function toEngineExtension({ type, data }: Extension): EngineExtension {
  return { extensionType: nameOf.get(type) ?? type, extensionData: data };
}

export function fromEngineExtension(extension: EngineExtension): Extension {
  const { extensionType, extensionData } = extension;
  return {
    type:
      typeof extensionType === "number" ? extensionType : names[extensionType],
    data: extensionData.slice(),
  };
}
