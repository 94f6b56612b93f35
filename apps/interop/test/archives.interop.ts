import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  decodeElement,
  type Element,
  exportArchive,
  importArchive,
} from "@history-sync/archive";
import { MemoryHistory } from "@history-sync/archive/memory";
import { openArchive, sealArchive } from "@history-sync/encryption-codec";
import medium from "@history-sync/fixtures/libxmtp/medium.json" with {
  type: "json",
};
import tiny from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import {
  fromHex,
  readAll,
  streamOf,
  systemClock,
  toHex,
} from "@history-sync/primitives";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation } from "../src/actor.ts";
import { World } from "../src/world.ts";

// libxmtp 1.10 can spin for ever on an archive with a message above about 8 kB.
const maxFrameBytes = 8_000;
const consentStates = ["", "Unknown", "Allowed", "Denied"];

// The wallet of the installations that made the fixtures: for another one a DM would have another peer.
const exportersWalletKey = `0x${"11".repeat(32)}`;

const fixtures = { tiny, medium };
type Fixture = keyof typeof fixtures;

describe("real libxmtp imports the archives that we write", () => {
  let world: World;

  beforeEach(async () => {
    world = await World.start();
  });

  afterEach(() => world.close());

  const ways = {
    "sealed again": reseal,
    "imported by us and exported anew": throughOurStore,
  };
  test.each(
    (["tiny", "medium"] as const).flatMap((name) =>
      (["sealed again", "imported by us and exported anew"] as const).map(
        (way) => [name, way] as const,
      ),
    ),
  )("%s, %s", async (name, way) => {
    const { keyHex } = fixtures[name];
    const key = fromHex(keyHex);
    const path = world.file(`${name}.xmtp`);
    const anew = ways[way](name, key);
    await writeFile(path, await readAll(anew));
    const actor = await world.libxmtp("importer", exportersWalletKey);
    await actor.do("importArchive", { path, key: keyHex });

    const { conversations } = await actor.do<{
      readonly conversations: readonly Conversation[];
    }>("dump");
    const elements = await elementsOf(name, key);
    expect(shownBy(conversations)).toEqual(expectedOf(elements));
    for (const consent of consentOf(elements)) {
      const { entityType, entity, state } = consent;
      expect(await actor.do("getConsent", { entityType, entity })).toBe(state);
    }
  });
});

/** The fixture's own elements in bytes of ours. */
function reseal(name: Fixture, key: Uint8Array): ReadableStream<Uint8Array> {
  return sealArchive(shortFrames(name, key), { key, format: "xmtp-v0" });
}

/** The elements that our store makes of the fixture, in bytes of ours. */
function throughOurStore(name: Fixture, key: Uint8Array) {
  async function* frames() {
    const history = new MemoryHistory();
    const options = { importId: name, clock: systemClock };
    await importArchive(shortFrames(name, key), history, options);
    yield* exportArchive(history, { clock: systemClock });
  }
  return sealArchive(frames(), { key, format: "xmtp-v0" });
}

async function* shortFrames(name: string, key: Uint8Array) {
  const bytes = streamOf([await readFile(fixturePath(`${name}.xmtp`))]);
  for await (const frame of openArchive(bytes, { key })) {
    if (frame.length < maxFrameBytes) yield frame;
  }
}

async function elementsOf(
  name: string,
  key: Uint8Array,
): Promise<readonly Element[]> {
  const elements: Element[] = [];
  for await (const frame of shortFrames(name, key)) {
    elements.push(decodeElement(frame, { position: elements.length }));
  }
  return elements;
}

function expectedOf(elements: readonly Element[]) {
  const shown = new Map<string, { name: string; messages: string[] }>();
  for (const element of elements) {
    if (element.case === "group") {
      const { id, mutableMetadata } = element.value;
      const name = mutableMetadata?.attributes.group_name ?? "";
      shown.set(toHex(id), { name, messages: [] });
    }
    if (element.case === "groupMessage") {
      const { id, groupId } = element.value;
      shown.get(toHex(groupId))?.messages.push(toHex(id));
    }
  }
  for (const { messages } of shown.values()) messages.sort();
  return shown;
}

function shownBy(conversations: readonly Conversation[]) {
  return new Map(
    conversations.map(({ id, name, messages }) => [
      id,
      { name, messages: messages.map((message) => message.id).sort() },
    ]),
  );
}

/** libxmtp allows every DM that it restores, whatever the archive says of it. */
function* consentOf(elements: readonly Element[]) {
  const dms = new Set<string>();
  for (const element of elements) {
    if (element.case === "group" && element.value.dmId !== undefined) {
      dms.add(toHex(element.value.id));
    }
    if (element.case === "consent" && !dms.has(element.value.entity)) {
      const { entityType, entity, state } = element.value;
      // libxmtp's commands count from 0: a conversation, an inbox.
      yield { entityType: entityType - 1, entity, state: consentStates[state] };
    }
  }
}

function fixturePath(name: string): string {
  return fileURLToPath(
    import.meta.resolve(`@history-sync/fixtures/libxmtp/${name}`),
  );
}
