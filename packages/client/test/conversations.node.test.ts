import { describe } from "vitest";
import { meetingStories } from "./support/meeting-stories.js";
import { World } from "./support/world.js";

describe("on a node over HTTP/2, in SQLite files", () => {
  meetingStories(() => World.open());
});
