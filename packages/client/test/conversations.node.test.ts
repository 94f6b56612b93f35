import { describe } from "vitest";
import { historyStories } from "./support/history-stories.js";
import { meetingStories } from "./support/meeting-stories.js";
import { World } from "./support/world.js";

describe("on a node over HTTP/2, in SQLite files", () => {
  meetingStories(() => World.open());
  historyStories(() => World.open());
});
