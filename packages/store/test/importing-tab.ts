// Runs in a frame that the test of crashes removes: an import that reports each page to the test.

import { importArchive } from "@history-sync/archive";
import { openIndexedDbStore } from "../src/indexeddb/index.js";
import { frames, options } from "./medium-archive.js";

const { history } = await openIndexedDbStore(document.title);
await importArchive(frames(), history, {
  ...options,
  pageRows: 500,
  onProgress: (elements) => parent.postMessage(elements, origin),
});
