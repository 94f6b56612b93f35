import { describe } from "vitest";
import { historyStories } from "./support/history-stories.js";
import { meetingStories } from "./support/meeting-stories.js";
import { PageStage } from "./support/page-stage.js";

describe("on a node over gRPC-web, in IndexedDB", () => {
  const open = async () => new PageStage();
  meetingStories(open);
  historyStories(open);
});
