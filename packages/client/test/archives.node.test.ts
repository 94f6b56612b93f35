import { BackupElementSelection } from "@history-sync/proto/device-sync";
import { expect, test } from "vitest";
import { tinyBytes, tinyKey } from "./support/tiny.js";
import { World } from "./support/world.js";

test("an archive is peeked at, imported once, and made anew", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  const metadata = await a.client.archiveMetadata(await tinyBytes(), tinyKey);
  expect(metadata.elements).toEqual([
    BackupElementSelection.MESSAGES,
    BackupElementSelection.CONSENT,
  ]);
  for (const inserted of [3, 0]) {
    const summary = await a.client.importArchive(
      await tinyBytes(),
      tinyKey,
      "past",
    );
    expect(summary.messages.inserted).toBe(inserted);
  }

  const key = new Uint8Array(32).fill(5);
  const b = await world.start("b");
  await b.client.importArchive(a.client.createArchive(key), key, "from a");
  expect(await b.store.history.counts()).toEqual(
    await a.store.history.counts(),
  );
});

test("another key opens nothing", async () => {
  await using world = await World.open();
  const a = await world.start("a");
  const wrong = new Uint8Array(32).fill(5);
  await expect(
    a.client.importArchive(await tinyBytes(), wrong, "past"),
  ).rejects.toMatchObject({ name: "EncryptionCodecError" });
  expect((await a.store.history.counts()).messages).toBe(0);
});
