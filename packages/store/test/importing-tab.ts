// What runs in a frame that the test of crashes takes away: an import, of which the test hears page by page.

import { importArchive } from "@history-sync/archive";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { frames, options } from "./medium-archive.js";

const { history } = await openIndexedDbStore(document.title);
await importArchive(frames(), history, {
  ...options,
  pageRows: 500,
  onProgress: (elements) => parent.postMessage(elements, origin),
});
