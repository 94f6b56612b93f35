import { expect } from "vitest";
import type { Installation } from "../support/stage.js";
import { type Kill, testKills } from "./kills.js";

/** In the order in which they come. */
const kills: readonly Kill[] = [
  { name: "before keeping the installation", slow: true },
  { name: "after keeping the installation" },
  { name: "before uploading the key package", slow: true },
  { name: "after uploading the key package", slow: true },
  { name: "before registering", slow: true },
  { name: "after registering" },
  { name: "before keeping whom the HMAC key is for" },
  { name: "before deciding to ask", slow: true },
  { name: "after keeping an own commit" },
  { name: "after sending a commit", slow: true },
  { name: "before keeping received messages" },
  { name: "before keeping stage acknowledging" },
  { name: "after keeping stage acknowledging", slow: true },
  { name: "before forgetting handled messages" },
  { name: "before keeping a preference" },
  { name: "after keeping a preference", slow: true },
  { name: "before keeping a message to be sent", slow: true },
  { name: "before sending a message", slow: true },
  { name: "after sending a message" },
  { name: "before keeping stage preparing", slow: true },
  { name: "after keeping stage preparing" },
  { name: "while the archive is sealed", slow: true, nth: 2 },
  // The server has begun an upload, and no installation knows.
  { name: "during a POST", slow: true, emptyServer: "in time" },
  {
    name: "before keeping stage preparing, begun",
    past: "large",
    emptyServer: "in time",
  },
  { name: "after keeping stage preparing, begun", slow: true, past: "large" },
  { name: "during a PATCH", past: "large" },
  { name: "a piece is on the server", slow: true, past: "large" },
  { name: "after spooling a piece", slow: true, nth: 2, past: "large" },
  { name: "before flushing the spool", slow: true },
  { name: "before keeping stage preparing, begun and spooled", past: "large" },
  { name: "after keeping stage preparing, begun and spooled", slow: true },
  { name: "before keeping stage uploaded", past: "large" },
  { name: "before keeping stage uploaded" },
  { name: "after keeping stage uploaded", slow: true },
  { name: "before forgetting the spooled archive" },
  { name: "after forgetting the spooled archive", slow: true },
  { name: "before keeping stage replied" },
  { name: "after keeping stage replied", slow: true },
  { name: "before keeping stage receipted, to be deleted" },
  { name: "after keeping stage receipted, to be deleted", slow: true },
  { name: "during a DELETE" },
  { name: "before keeping stage receipted", slow: true },
];

testKills("responder", kills, async (scene, point) => {
  let laptop: Installation | undefined;
  const where = await scene.killed("phone", point, async () => {
    laptop = await scene.start("laptop");
  });
  expect(where).toBe(point.name);
  const phone = await scene.start("phone");
  laptop ??= await scene.start("laptop");
  return { phone, laptop };
});
