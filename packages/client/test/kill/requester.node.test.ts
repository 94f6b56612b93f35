import { expect } from "vitest";
import { type Kill, testKills } from "./kills.js";

/** In the order in which they come. */
const kills: readonly Kill[] = [
  { name: "before keeping the installation", slow: true },
  { name: "after uploading the key package", slow: true },
  { name: "before registering", slow: true },
  { name: "after registering" },
  { name: "before deciding to ask", slow: true },
  { name: "after deciding to ask" },
  { name: "after keeping a group" },
  { name: "before keeping an own commit", slow: true },
  { name: "after keeping an own commit" },
  { name: "after sending a commit", slow: true },
  { name: "before sending Welcomes" },
  { name: "after sending Welcomes", slow: true },
  { name: "before keeping a message to be sent", slow: true },
  { name: "before sending a message", slow: true },
  { name: "after sending a message" },
  { name: "before keeping stage requested" },
  { name: "after keeping stage requested", slow: true },
  { name: "before merging news" },
  { name: "before shelving the reply" },
  { name: "after shelving the reply", slow: true },
  { name: "before keeping stage importing" },
  { name: "after keeping stage importing", slow: true },
  { name: "before the download" },
  { name: "during a GET", slow: true },
  { name: "while the archive is downloaded", nth: 60, past: "large" },
  { name: "before merging a page" },
  { name: "after merging a page", slow: true, past: "large" },
  { name: "before merging a page", nth: 3, past: "large" },
  { name: "when the archive is downloaded", slow: true },
  { name: "before keeping stage imported", slow: true },
  { name: "after keeping stage imported" },
  { name: "before forgetting the reply" },
  { name: "before sending a message", slow: true, nth: 2 },
  { name: "after sending a message", nth: 2 },
  { name: "before keeping stage receipted" },
  { name: "after keeping stage receipted", slow: true },
];

testKills("requester", kills, async (scene, point) => {
  const phone = await scene.start("phone");
  expect(await scene.killed("laptop", point)).toBe(point.name);
  return { phone, laptop: await scene.start("laptop") };
});
