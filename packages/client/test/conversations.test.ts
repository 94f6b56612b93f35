import { describe } from "vitest";
import { conversationStories } from "./support/conversation-stories.js";
import { meetingStories } from "./support/meeting-stories.js";
import { MemoryStage } from "./support/memory-stage.js";

describe("in memory", () => {
  const open = async () => new MemoryStage();
  meetingStories(open);
  conversationStories(open);
});
