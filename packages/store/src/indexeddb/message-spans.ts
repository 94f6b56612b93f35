import type { Selection } from "@history-sync/archive";
import { maxInt64, windowOf } from "../window.js";
import { afterAllBytes, type Bytes, int64Key } from "./keys.js";
import type { KeySpan } from "./pages.js";

/** Positions of messages: those of a selection's window, and perhaps a few more, which its filter leaves out. */
export function windowSpan(selection: Selection): Required<KeySpan> {
  const { first, last } = windowOf(selection);
  // A window may be empty; a range of keys can't be.
  const end = last < first ? first : last + 1n;
  return {
    from: int64Key(first),
    to: end > maxInt64 ? afterAllBytes : int64Key(end),
    withoutFrom: false,
    withoutTo: false,
  };
}

/** The same in the index of conversations. */
export function conversationSpan(id: Bytes, selection: Selection): KeySpan {
  const { from, to } = windowSpan(selection);
  return { from: [id, from], to: [id, to] };
}
